import type { CommandWorld } from '../client/command-world.ts';
import { CliError, RefusedError, TASK_NOT_FOUND } from '../client/cli-error.ts';
import { frameOf, lineOf, markOf, type WatchedTask } from './watch-frame.ts';

export interface WatchOptions {
  /** Milliseconds between two looks. */
  readonly interval: number;
}

/** While the API fails, looks are further and further apart, up to this many intervals. */
const MOST_INTERVALS = 16;

/**
 * Shows the tasks again and again until somebody interrupts it: at a terminal as a table that stays in its place,
 * elsewhere as a line for each change. A failure of the API does not end it once it has shown something.
 */
export async function watch(
  { clock, live, language }: CommandWorld,
  look: () => Promise<readonly WatchedTask[]>,
  { interval }: WatchOptions,
): Promise<string> {
  const signal = live.untilInterrupted();
  const view = live.draw === undefined ? plain(live.print) : table(live.draw, interval);
  let failures = 0;
  let seen = false;
  while (!signal.aborted) {
    try {
      view.show(await look());
      seen = true;
      failures = 0;
    } catch (error) {
      if (!(error instanceof CliError) || !seen) throw error;
      if (error instanceof RefusedError && error.code === TASK_NOT_FOUND) return 'The task is gone.';
      failures += 1;
      view.fail(error.linesIn(language)[0] ?? '', new Date(clock.now()).toISOString());
    }
    await clock.sleep(interval * Math.min(2 ** failures, MOST_INTERVALS), signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
  return '';
}

interface View {
  show(tasks: readonly WatchedTask[]): void;
  /** The last look has failed. */
  fail(reason: string, now: string): void;
}

function table(draw: (lines: readonly string[]) => void, interval: number): View {
  let before: readonly WatchedTask[] = [];
  let frame: readonly string[] = [];
  return {
    show: (tasks) => {
      const rates = new Map(tasks.flatMap((task) => rateOf(task, before)));
      before = tasks;
      frame = frameOf(tasks, rates);
      const counted = tasks.length === 1 ? '1 task' : `${tasks.length} tasks`;
      draw([`${counted}, every ${interval / 1_000} s, ${tasks[0]?.asOf ?? ''}. Ctrl-C ends this.`, '', ...frame]);
    },
    fail: (reason, now) => {
      draw([`Out of date since ${before[0]?.asOf ?? 'the beginning'}. At ${now}: ${reason}`, '', ...frame]);
    },
  };
}

/** Rows loaded and applied since the last look. A restart begins to count anew. */
function rateOf(task: WatchedTask, before: readonly WatchedTask[]): [string, number][] {
  const last = before.find(({ id }) => id === task.id);
  if (last === undefined) return [];
  const seconds = (Date.parse(task.asOf) - Date.parse(last.asOf)) / 1_000;
  const rows = task.rowsLoaded + task.rowsApplied - last.rowsLoaded - last.rowsApplied;
  return seconds <= 0 || rows < 0 ? [] : [[task.name, Math.round(rows / seconds)]];
}

function plain(print: (line: string) => void): View {
  let marks = new Map<string, string>();
  return {
    show: (tasks) => {
      for (const task of tasks) if (marks.get(task.name) !== markOf(task)) print(lineOf(task));
      const names = new Set(tasks.map(({ name }) => name));
      for (const name of marks.keys()) if (!names.has(name)) print(`${name}: gone`);
      marks = new Map(tasks.map((task) => [task.name, markOf(task)]));
    },
    fail: (reason, now) => {
      print(`${now} The API does not answer: ${reason}`);
    },
  };
}
