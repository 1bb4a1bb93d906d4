import { LEASE_RUNS_OUT } from '../../killer.ts';
import { type FaultKind, OUTAGE } from '../fault.ts';
import type { Chapter } from './chapters.ts';
import { SPEED } from './fast-clock.ts';
import type { LiveTask } from './live-task.ts';
import type { Fate, StatementProxy } from './statement-proxy.ts';
import { WorkerProcess } from './worker.ts';

/** A fault at the n-th time that a worker comes to a call, or to a statement to the sink. */
export interface LiveFault {
  readonly kind: FaultKind;
  readonly at: 'call' | 'statement';
  readonly point: string;
  readonly nth: number;
}

export interface Chaptered {
  readonly struck: boolean;
  readonly calls: readonly string[];
  readonly statements: readonly string[];
  /** The problems at the end. Empty if the workers survived the fault. */
  readonly wrong: readonly string[];
}

/** Where a worker runs: its program, and the proxy to its sink. */
export interface Stage {
  readonly file: string;
  readonly proxy: StatementProxy;
  readonly sinkUri: string;
}

const TICK = 60_000;
const RUN = 400_000;
const TICKS = 10;

/** Plays a chapter: one worker with the fault, then workers without, one after the other, until the task is in step. */
export async function playChapter(
  stage: Stage,
  task: LiveTask,
  chapter: Chapter,
  fault?: LiveFault,
): Promise<Chaptered> {
  await chapter.change(task);
  const statements: string[] = [];
  const thawed = Promise.withResolvers<undefined>();
  let met = 0;
  let struck = false;
  const inCall = fault?.at === 'call' ? { kind: fault.kind, point: fault.point, at: fault.nth } : undefined;
  const first = start(stage, task, inCall);
  stage.proxy.at = (point) => {
    statements.push(point);
    if (fault?.at !== 'statement' || point !== fault.point || (met += 1) !== fault.nth) return 'pass';
    struck = true;
    return strike(stage.proxy, first, fault.kind, thawed.promise);
  };
  const frozen = await Promise.race([first.ended.then(() => false), first.frozen.then(() => true)]);
  if (inCall !== undefined) struck = frozen || (await first.ended).point !== undefined || first.killed;
  if (struck) await chapter.meanwhile?.(task);
  const left = await ticks(stage, task, chapter, fault !== undefined);
  const woken = frozen ? await wake(stage, task, chapter, first, thawed) : [];
  const { passed } = await first.ended;
  stage.proxy.at = () => 'pass';
  return { struck, calls: passed, statements, wrong: [...left, ...woken] };
}

function strike(proxy: StatementProxy, worker: WorkerProcess, kind: FaultKind, thawed: Promise<undefined>): Fate {
  switch (kind) {
    case 'crash':
      worker.kill();
      return 'cut';
    case 'freeze':
      worker.freeze();
      return thawed;
    case 'fail once':
      return 'cut';
    case 'fail for a while':
      proxy.refuses = true;
      proxy.cut();
      setTimeout(() => {
        proxy.refuses = false;
      }, OUTAGE / SPEED);
      return 'cut';
  }
}

/** Wakes the frozen worker after other workers have run. It may change nothing that others can see. */
async function wake(
  stage: Stage,
  task: LiveTask,
  chapter: Chapter,
  worker: WorkerProcess,
  thawed: PromiseWithResolvers<undefined>,
): Promise<string[]> {
  const before = await task.contents();
  worker.thaw();
  thawed.resolve(undefined);
  await worker.ended;
  const after = await task.contents();
  // If the worker froze before it had the lease, it takes the lease when it wakes up, as any worker may.
  const same = before.text === after.text || before.epoch !== after.epoch;
  task.ahead += TICK;
  await start(stage, task).ended;
  return [...(same ? [] : ['the one that woke up changed something']), ...(await ticks(stage, task, chapter, true))];
}

async function ticks(stage: Stage, task: LiveTask, chapter: Chapter, isFaulty: boolean): Promise<string[]> {
  let last: readonly string[] = [];
  for (let count = 1; ; count += 1) {
    const why = await task.unsettled(chapter.gone === true);
    if (why.length === 0) return [];
    // Without a fault, the first worker must do all of it.
    if (count > TICKS || !isFaulty) return [`after ${count - 1} more ticks: ${why.join('; ')}`, ...last.slice(-3)];
    task.ahead += count === 1 ? LEASE_RUNS_OUT : TICK;
    last = (await start(stage, task).ended).log;
  }
}

let workers = 0;
function start(
  { file, sinkUri }: Stage,
  task: LiveTask,
  fault?: ConstructorParameters<typeof WorkerProcess>[2]['fault'],
) {
  workers += 1;
  const { ahead } = task;
  return new WorkerProcess(file, task.store, {
    task: 't',
    milliseconds: RUN,
    ahead,
    owner: `worker ${workers}`,
    sinkUri,
    fault,
  });
}
