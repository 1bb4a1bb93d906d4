import { setTimeout as delay } from 'node:timers/promises';
import type { CommandContext } from '../../lib/commands/command-context.ts';
import { requestVerification } from '../../lib/commands/request-verification.ts';
import { dropTask, pauseTask, resumeTask } from '../../lib/commands/control-task.ts';
import { pinPrefix, position, positionMillis } from '../../lib/data/position.ts';
import { startWorkers } from '../../lib/schedule/start-workers.ts';
import type { TaskRecord } from '../../lib/record/task-record.ts';
import { leaseHeld } from '../../lib/record/task-state.ts';
import { SqlClient } from '../support/sql-client.ts';
import type { Journal } from './journal.ts';
import type { Scene } from './scene.ts';
import { within } from './within.ts';

/** Without faults all is to be well within this time, in milliseconds: leases run out, and the longest wait ends. */
const WITHIN = 150_000;
const TICK = 1_000;

/** What has to be after a storm, with nobody writing any more: the sink is the source, and a drop leaves nothing. */
export async function aftermath(scene: Scene, journal: Journal): Promise<string[]> {
  const calm = new Calm(scene, journal);
  try {
    await calm.settle();
    return [...(await calm.verify()), ...(await calm.pause()), ...(await calm.drop())];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

class Calm {
  readonly #scene: Scene;
  readonly #context: CommandContext;
  readonly #begunAt = Date.now();

  constructor(scene: Scene, journal: Journal) {
    this.#scene = scene;
    const start = async (task: string): Promise<void> => {
      await Promise.resolve();
      scene.crew.start(task);
    };
    const log = (_level: string, event: string): void => {
      journal.note('aftermath', event);
    };
    this.#context = { store: scene.truth, starter: { start }, log };
  }

  async settle(): Promise<void> {
    const scene = this.#scene;
    // The worker that was to carry out a drop may have been killed, and only ticks start another one.
    await this.#until('no drop is under way', (record) => record?.desired !== 'dropping');
    if ((await scene.truth.get(scene.task)) === undefined) {
      const end = Date.now() + WITHIN;
      const refusal = await scene.commander.createAnew(() => Date.now() < end);
      if (refusal !== undefined) throw new Error(`No task can be created: ${refusal}`);
    }
    await resumeTask(this.#context, scene.task);
    await this.#until('the sink has everything', (record) => isCaughtUp(record, this.#begunAt));
    await this.#until('source and sink are compared', async () => await scene.lookout.look());
  }

  async verify(): Promise<string[]> {
    const scene = this.#scene;
    const context = { ...this.#context, clock: scene.clock };
    const asked = (await requestVerification(context, scene.task, 'verify', undefined)).check?.number;
    await this.#until('a verify has ended', (record) => {
      const check = record?.progress.check;
      return check?.number === asked && check?.finishedAt !== 0;
    });
    const check = (await scene.truth.get(scene.task))?.progress.check;
    const isGood = check?.tablesDiffering === 0 && check.tablesFailed === 0;
    return isGood ? [] : [`verify: ${JSON.stringify(check)}`];
  }

  /** A task at rest holds its checkpoint, and nothing else. */
  async pause(): Promise<string[]> {
    const scene = this.#scene;
    await pauseTask(this.#context, scene.task);
    await this.#until('the task is paused', (record) => record !== undefined && !leaseHeld(record, scene.clock.now()));
    const record = await scene.truth.get(scene.task);
    const pins = await this.#pins();
    const { checkpoint, pending } = record?.progress ?? {};
    const named = [checkpoint, pending?.until].flatMap((pin) => (pin === undefined ? [] : [pin.name]));
    return pins.join() === named.sort().join() ? [] : [`pins ${pins.join()}; the task stands on ${named.join()}`];
  }

  async drop(): Promise<string[]> {
    const scene = this.#scene;
    await dropTask(this.#context, scene.task);
    await this.#until('the task is gone', (record) => record === undefined);
    const left = (await this.#pins()).map((name) => `pin ${name}`);
    const sink = new SqlClient(scene.site.sink.uri);
    try {
      for (const table of ['fence', 'chunk', 'loader']) {
        for (const id of scene.commander.ids) {
          const count = await sink.number(`select count(*) from mo_cdc.${table} where task_id = '${id}'`);
          if (count > 0) left.push(`${count} rows of ${table} of ${id}`);
        }
      }
    } finally {
      sink.close();
    }
    return left.map((what) => `left behind: ${what}`);
  }

  /** Of all the tasks there were. */
  async #pins(): Promise<string[]> {
    const source = new SqlClient(this.#scene.site.source.uri);
    try {
      const names = await source.sorted(`select sname from mo_catalog.mo_snapshots where left(sname, 7) = 'mo_cdc_'`);
      const prefixes = [...this.#scene.commander.ids].map(pinPrefix);
      return names.filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
    } finally {
      source.close();
    }
  }

  async #until(what: string, isSo: (record: TaskRecord | undefined) => boolean | Promise<boolean>): Promise<void> {
    const { truth, task, clock, crew, operator } = this.#scene;
    const end = Date.now() + WITHIN;
    const starter = this.#context.starter;
    for (;;) {
      const look = async (): Promise<[TaskRecord | undefined, boolean]> => {
        await operator.step();
        const record = await truth.get(task);
        return [record, await isSo(record)];
      };
      const [record, done] = await within(WITHIN, () => `an answer to whether ${what}`, look());
      if (done) return;
      const problems = this.#scene.problems();
      if (problems.length > 0) throw new Error(problems.join('\n'));
      if (Date.now() > end)
        throw new Error(`Not within ${WITHIN} ms: ${what}. ${briefly(record)}, ${crew.size} workers`);
      await startWorkers({ store: truth, starter, clock, log: () => undefined }, new AbortController().signal);
      await delay(TICK);
    }
  }
}

/** `since`: real milliseconds, when the last write was over. */
function isCaughtUp(record: TaskRecord | undefined, since: number): boolean {
  if (record === undefined || record.error !== undefined) return false;
  const { progress, generation, selection } = record;
  const isCurrent = progress.generation === generation && progress.selection === selection;
  const isComplete = progress.phase === 'window' && progress.pending === undefined;
  return isCurrent && isComplete && positionMillis(progress.checkpoint?.ts ?? position('0')) > since;
}

function briefly(record: TaskRecord | undefined): string {
  if (record === undefined) return 'no task';
  const { desired, generation, selection, epoch, lease, error, progress, edits } = record;
  const { phase, checkpoint, pending, missing, aside } = progress;
  const stands = { phase, checkpoint, pending, missing, aside, generation: progress.generation };
  return JSON.stringify({ desired, generation, selection, edits, epoch, lease, error, stands });
}
