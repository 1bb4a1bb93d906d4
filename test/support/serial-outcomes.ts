export const COMMANDS = ['create', 'pause', 'resume', 'restart', 'drop', 'show'] as const;
export type Command = (typeof COMMANDS)[number];

/** A command of one client: when it began and ended, and the answer to it. */
export interface Call {
  readonly command: Command;
  readonly begun: number;
  readonly ended: number;
  readonly status: number;
  /** The error code, if the command was refused. */
  readonly code: string | undefined;
  /** The state in the answer, if it is one that users ask for. */
  readonly desired: Desired | undefined;
  /** The id of the created task. */
  readonly id: string | undefined;
}

export type Desired = 'running' | 'paused' | 'dropping';

/** The contents of the one task name: nothing, or a task. */
export type Model = { readonly desired: Desired; readonly restarts: number } | undefined;

/**
 * The state after the command, if it got this answer; `impossible` if no such answer can come. For some commands the
 * product may give one of two answers.
 */
function serial(model: Model, call: Call): Model | 'impossible' {
  const { command, status, code, desired } = call;
  const refused = (expected: number, ...codes: string[]): boolean => status === expected && codes.includes(code ?? '');
  if (command === 'create') {
    if (model === undefined) return status === 201 ? { desired: 'running', restarts: 0 } : 'impossible';
    const taken = model.desired === 'dropping' ? ['TASK_DROPPING', 'TASK_EXISTS'] : ['TASK_EXISTS'];
    return refused(409, ...taken) ? model : 'impossible';
  }
  if (model === undefined) return refused(404, 'TASK_NOT_FOUND') ? model : 'impossible';
  if (command === 'show') return status === 200 && desired === model.desired ? model : 'impossible';
  if (command !== 'drop' && model.desired === 'dropping') return refused(409, 'TASK_DROPPING') ? model : 'impossible';
  if (status !== 202) return 'impossible';
  const wanted = { pause: 'paused', resume: 'running', restart: 'running', drop: 'dropping' } as const;
  const after = { desired: wanted[command], restarts: model.restarts + (command === 'restart' ? 1 : 0) };
  return desired === after.desired ? after : 'impossible';
}

/**
 * The states that are possible after these calls. Each call takes effect at one moment while it is under way. A task
 * that is to be dropped goes at any later moment. The result is empty if no order explains the answers.
 */
export function serialOutcomes(calls: readonly Call[]): Model[] {
  const outcomes = new Map<string, Model>();
  const seen = new Set<string>();
  const explore = (model: Model, left: readonly Call[]): void => {
    const state = JSON.stringify([model, left.map(({ begun }) => begun)]);
    if (seen.has(state)) return;
    seen.add(state);
    if (left.length === 0) outcomes.set(JSON.stringify(model ?? null), model);
    if (model?.desired === 'dropping') explore(undefined, left);
    const firstEnd = Math.min(...left.map(({ ended }) => ended));
    for (const call of left.filter(({ begun }) => begun <= firstEnd)) {
      const after = serial(model, call);
      if (after !== 'impossible')
        explore(
          after,
          left.filter((one) => one !== call),
        );
    }
  };
  explore(undefined, calls);
  return [...outcomes.values()];
}
