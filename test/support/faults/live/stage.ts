import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleFile } from '../../../../localstack/bundle.ts';
import { parseDatabaseUri } from '../../../../lib/task/uri/database-uri.ts';
import type { SinkType } from '../../../../lib/task/task.ts';
import { uriThrough } from '../../driver-options.ts';
import type { ServerUris } from '../../start-servers.ts';
import { CHAPTERS, type Chapter } from './chapters.ts';
import { type LiveMode, LiveTask } from './live-task.ts';
import { type Chaptered, type LiveFault, playChapter, type Stage } from './play-chapter.ts';
import { StatementProxy } from './statement-proxy.ts';

/** The most chapters that one task plays, because some leave columns and indexes behind. */
const LONGEST = 25;

/** The workers' program, bundled into one file so that workers start sooner. */
export async function workerProgram(): Promise<{ file: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(path.join(tmpdir(), 'mo-cdc-faults-'));
  const file = path.join(dir, 'worker.mjs');
  await bundleFile(path.join(import.meta.dirname, 'worker-process.ts'), file);
  return { file, remove: () => rm(dir, { recursive: true, force: true }) };
}

/** Plays one chapter after another with the same task, as long as that task is well; otherwise with a new one. */
export class Theatre {
  readonly #servers: ServerUris;
  readonly #sinkType: SinkType;
  readonly #stage: Stage;
  readonly #mode: LiveMode;
  #task: LiveTask | undefined;
  #chapters = 0;

  private constructor(servers: ServerUris, sinkType: SinkType, mode: LiveMode, stage: Stage) {
    this.#servers = servers;
    this.#sinkType = sinkType;
    this.#mode = mode;
    this.#stage = stage;
  }

  static async open(servers: ServerUris, sinkType: SinkType, file: string, mode: LiveMode = 'tick'): Promise<Theatre> {
    const uri = sinkType === 'mysql' ? servers.mysqlSinkUri : servers.matrixoneSinkUri;
    const { host, port } = parseDatabaseUri(uri);
    const proxy = await StatementProxy.start(host, port);
    return new Theatre(servers, sinkType, mode, { file, proxy, sinkUri: uriThrough(uri, proxy) });
  }

  /** Statements that came and have no fault point. */
  get unlisted(): ReadonlySet<string> {
    return this.#stage.proxy.unlisted;
  }

  async play(chapter: Chapter, fault?: LiveFault): Promise<Chaptered> {
    const task = await this.#inStep();
    const played = await playChapter(this.#stage, task, chapter, fault);
    this.#chapters += 1;
    if (played.wrong.length > 0 || chapter.gone === true || this.#chapters >= LONGEST) await this.#end();
    return played;
  }

  async close(): Promise<void> {
    await this.#end();
    this.#stage.proxy.stop();
  }

  async #inStep(): Promise<LiveTask> {
    if (this.#task !== undefined) return this.#task;
    const task = new LiveTask(this.#servers, this.#sinkType, this.#mode);
    this.#task = task;
    this.#chapters = 0;
    await task.open();
    const { wrong } = await playChapter(this.#stage, task, { name: 'open', change: () => Promise.resolve() });
    if (wrong.length > 0) throw new Error(`A task without any fault: ${wrong.join('; ')}`);
    return task;
  }

  async #end(): Promise<void> {
    const task = this.#task;
    this.#task = undefined;
    await task?.close();
  }
}

export interface LivePoint {
  readonly chapter: Chapter;
  readonly at: 'call' | 'statement';
  readonly point: string;
  readonly nth: number;
}

/** The points of each chapter: the passage where a point is met first, and the one where it is met last. */
export async function livePoints(theatre: Theatre, chapters: readonly Chapter[] = CHAPTERS): Promise<LivePoint[]> {
  const points: LivePoint[] = [];
  for (const chapter of chapters) {
    const { calls, statements, wrong } = await theatre.play(chapter);
    if (wrong.length > 0) throw new Error(`${chapter.name}, without any fault: ${wrong.join('; ')}`);
    points.push(...firstAndLast(chapter, 'call', calls), ...firstAndLast(chapter, 'statement', statements));
  }
  return points;
}

function firstAndLast(chapter: Chapter, at: 'call' | 'statement', passed: readonly string[]): LivePoint[] {
  const counts = new Map<string, number>();
  for (const point of passed) counts.set(point, (counts.get(point) ?? 0) + 1);
  return [...counts].flatMap(([point, count]) =>
    (count === 1 ? [1] : [1, count]).map((nth) => ({ chapter, at, point, nth })),
  );
}
