export const COMMANDS = ['create', 'pause', 'resume', 'restart', 'drop', 'show'] as const;
export type Command = (typeof COMMANDS)[number];

/** A command of one client, from when to when it was under way, and what it was answered with. */
export interface Call {
  readonly command: Command;
  readonly begun: number;
  readonly ended: number;
  readonly status: number;
  /** The code of a refusal. */
  readonly code: string | undefined;
  /** The state that the answer shows, as far as users ask for it. */
  readonly desired: Desired | undefined;
  /** The task that was created. */
  readonly id: string | undefined;
}

export type Desired = 'running' | 'paused' | 'dropping';

/** What there is of the one task name: nothing, or a task. */
export type Model = { readonly desired: Desired; readonly restarts: number } | undefined;

/** What a command is answered with, and what there is afterwards; several where the product may say either. */
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
 * What there may be after these calls, if each took effect at one moment while it was under way, and a task that was to
 * be dropped went at any later one. None when no order explains the answers.
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
