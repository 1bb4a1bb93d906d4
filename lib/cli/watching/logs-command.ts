import type { CommandWorld, LogLine, TaskLogs } from '../client/command-world.ts';
import { CliError } from '../client/cli-error.ts';
import { inLine } from '../output/printable.ts';
import { readableLines } from './log-text.ts';
import type { Language } from '../../error-texts.ts';
import { say } from '../texts/say.ts';

export interface LogOptions {
  readonly taskName: string;
  readonly follow?: boolean;
  /** How far back to begin, in milliseconds. */
  readonly since: number;
}

const POLL_MS = 2_000;
/** CloudWatch may show a line so long after lines that are newer. */
const LATE_MS = 60_000;

/** Prints what the workers of a task have logged. With `follow`, it goes on until somebody interrupts it. */
export async function logs(world: CommandWorld, { taskName, follow = false, since }: LogOptions): Promise<string> {
  const source = await world.openLogs();
  try {
    const tail = new Tail(source, taskName, world.clock.now() - since);
    let lines = await tail.next();
    for (const line of lines) world.live.print(line);
    if (!follow) return lines.length === 0 ? inLine(`Nothing was logged about ${taskName} in that time.`) : '';
    const signal = world.live.untilInterrupted();
    for (;;) {
      await world.clock.sleep(POLL_MS, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
      if (signal.aborted) return '';
      lines = await tail.next().catch((error: unknown) => failureLine(error, world.language));
      for (const line of lines) world.live.print(line);
    }
  } finally {
    source.close();
  }
}

/** Once there were lines, a failure is most often that of a network, and passes. */
const failureLine = (error: unknown, language: Language): string[] => {
  if (error instanceof CliError) return [error.linesIn(language)[0] ?? ''];
  throw error;
};

const timeOf = (line: string): string => line.slice(0, line.indexOf(' '));

const byTime = (a: string, b: string): number => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0);

/** Reads on from where it was. Lines that come late are read, too, and none is told twice. */
class Tail {
  readonly #logs: TaskLogs;
  readonly #task: string;
  #from: number;
  /** The lines that the next look may find again, and their times. */
  #told = new Map<string, number>();

  constructor(source: TaskLogs, task: string, from: number) {
    this.#logs = source;
    this.#task = task;
    this.#from = from;
  }

  async next(): Promise<string[]> {
    const found = (await this.#read()).filter(({ id }) => !this.#told.has(id));
    for (const { id, at } of found) this.#told.set(id, at);
    const newest = Math.max(this.#from, ...found.map(({ at }) => at));
    this.#from = Math.max(this.#from, newest - LATE_MS);
    this.#told = new Map([...this.#told].filter(([, at]) => at >= this.#from));
    // An emulator may give all lines of a run the time of its end. Each begins with its own time, which sorts as text.
    return found.flatMap(({ text }) => readableLines(text, this.#task)).toSorted(byTime);
  }

  async #read(): Promise<readonly LogLine[]> {
    try {
      return await this.#logs.read(this.#task, this.#from);
    } catch (cause) {
      const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
      throw new CliError([say('logs.failed', { reason: inLine(reason) }), say('logs.advice')], { cause });
    }
  }
}
