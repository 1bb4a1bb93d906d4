import { setTimeout as delay } from 'node:timers/promises';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { type Bench, freshName } from '../topic.ts';

/** MatrixOne looks for the tables of a new task every 15 s. */
const START_LIMIT = 120_000;
const LOOK_EVERY = 20;

/** The server's own CDC (`create cdc`), with its defaults. It needs a PITR over what it copies. */
export class NativeCdc {
  readonly #bench: Bench;
  readonly #name = freshName('native');
  /** Ends the task; the sink keeps what it has. */
  drop: () => Promise<void> = () => Promise.resolve();

  private constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** `mapping` is `db.table:db.table`. Returns at once: see `begun`. */
  static async create(bench: Bench, mapping: string): Promise<NativeCdc> {
    const task = new NativeCdc(bench);
    const name = task.#name;
    task.drop = bench.cleanup.add(() => bench.source.run(`drop cdc task ${name}`));
    const { sourceUri, sinkUri, sinkType } = bench.servers;
    const ends = `'${plainUri(sourceUri)}' '${sinkType}' '${plainUri(sinkUri)}'`;
    await bench.source.run(`create cdc ${name} ${ends} '${mapping}' {'Level'='table'}`);
    return task;
  }

  /** Waits until the task has begun to copy, which it shows by creating the table at the sink. */
  async begun(database: string, table: string): Promise<void> {
    const end = Date.now() + START_LIMIT;
    for (;;) {
      const found = await this.#bench.sink.query(
        `select 1 from mo_catalog.mo_tables where reldatabase = '${database}' and relname = '${table}'`,
      );
      if (found.length > 0) return;
      if (Date.now() > end)
        throw new Error(`CREATE CDC has not begun in ${START_LIMIT / 1000} s: ${await this.state()}`);
      await delay(LOOK_EVERY);
    }
  }

  /** State and error, as SHOW CDC says them. */
  async state(): Promise<string> {
    const [row] = await this.#bench.source.query(`show cdc task ${this.#name}`);
    return row?.slice(4, 6).join(' ') ?? 'gone';
  }
}

/** The PITR that the server's own CDC asks for, over one database. */
export async function createPitr({ source, cleanup }: Bench, database: string): Promise<() => Promise<void>> {
  const name = freshName('pitr');
  const drop = cleanup.add(() => source.run(`drop pitr ${name}`));
  await source.run(`create pitr ${name} for database ${database} range 2 'h'`);
  return drop;
}

/** Without the parameters of ours. Its form for another account than the default is `account#user`, as ours prints it. */
function plainUri(uri: string): string {
  const { user, password, host, port } = parseDatabaseUri(uri);
  return `mysql://${user}:${password}@${host}:${port}`;
}
