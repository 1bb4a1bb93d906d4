import { randomBytes } from 'node:crypto';
import { pinPrefix } from '../../../../lib/data/position.ts';
import { newTaskId } from '../../../../lib/task/task-name.ts';
import { newTaskRecord } from '../../../../lib/record/new-task-record.ts';
import { DEFAULT_OPTIONS, type SinkType, type TaskSpec } from '../../../../lib/task/task.ts';
import type { TaskRecord } from '../../../../lib/record/task-record.ts';
import { MemoryStore } from '../../memory-store.ts';
import { SqlClient } from '../../sql-client.ts';
import type { ServerUris } from '../../start-servers.ts';
import { ROWS, TRANSACTION } from './chapters.ts';
import { FastClock } from './fast-clock.ts';
import { RepeatingClient } from './repeating-client.ts';

/** How the task of a live fault follows its source: its workers end by themselves. */
export const LIVE_MODES = ['tick', 'adaptive'] as const;
export type LiveMode = (typeof LIVE_MODES)[number];
/** A tenth of a second of a fast clock. Milliseconds. */
const IDLE_AFTER = 2_000;

/** One task over a database between real servers. Its store is in this process, so it outlives the workers. */
export class LiveTask {
  readonly from = `cdc_faults_${randomBytes(4).toString('hex')}`;
  readonly to = `${this.from}_copy`;
  readonly source: SqlClient;
  readonly sink: SqlClient;
  /** How far ahead the clocks of newly started workers are, in milliseconds. */
  ahead = 0;
  /** The table that was created last. */
  newest: string | undefined;
  readonly store = new MemoryStore({ now: () => new FastClock(this.ahead).now() });
  readonly #spec: TaskSpec;
  #words = 0;
  #id = '';

  constructor(servers: ServerUris, sinkType: SinkType, mode: LiveMode) {
    const sinkUri = sinkType === 'mysql' ? servers.mysqlSinkUri : servers.matrixoneSinkUri;
    this.source = new RepeatingClient(servers.sourceUri);
    this.sink = new SqlClient(sinkUri);
    this.#spec = {
      name: 't',
      sourceUri: servers.sourceUri,
      sinkType,
      sinkUri,
      level: 'database',
      tables: [],
      databases: [{ source: this.from, sink: this.to }],
      exclude: [],
      options: {
        ...DEFAULT_OPTIONS,
        mode,
        idleAfterMs: IDLE_AFTER,
        chunkRows: 700,
        transactionRows: TRANSACTION,
        existingRows: 'replace',
        droppedTables: 'drop',
      },
    };
  }

  async open(): Promise<void> {
    const { from } = this;
    const rows = (count: number, row: (id: number) => string): string =>
      Array.from({ length: count }, (_, index) => row(index + 1)).join(',');
    await this.source.run(
      `create database ${from}`,
      `create table ${from}.t (id int primary key, v varchar(40))`,
      `create table ${from}.u (id int primary key, v varchar(40), w varchar(40), unique key (w))`,
      `create table ${from}.k (id int primary key, c int, d int not null, unique key cc (c))`,
      `insert into ${from}.k values (1, 1, -1), (2, 2, -2), (3, null, -3)`,
      `insert into ${from}.t values ${rows(ROWS, (id) => `(${id}, 'value ${id}')`)}`,
      `insert into ${from}.u values ${rows(20, (id) => `(${id}, 'value ${id}', 'w${id}')`)}`,
    );
    const now = new FastClock(this.ahead).now();
    this.#id = newTaskId(now);
    await this.store.create(newTaskRecord(this.#id, this.#spec, now));
  }

  /** A word that is different each time. */
  word(): string {
    this.#words += 1;
    return `w_${this.#words}`;
  }

  async restart(): Promise<void> {
    await this.store.restart('t');
  }

  async resync(): Promise<void> {
    await this.store.check('t', 'resync', undefined);
  }

  async drop(): Promise<void> {
    await this.store.drop('t');
  }

  get task(): Promise<TaskRecord | undefined> {
    return this.store.get('t');
  }

  /** Why the task is not in step, and what it keeps and should not. Empty if all is well. */
  async unsettled(gone: boolean): Promise<string[]> {
    const record = await this.task;
    if (record === undefined || gone) {
      return record === undefined && gone ? this.#kept(undefined) : [`gone: ${record === undefined}`];
    }
    const { error, progress, lease, check, generation } = record;
    if (error !== undefined) return [`error: ${error.code} ${error.message}`];
    if (lease !== undefined || progress.pending !== undefined) return ['a lease or a window is left'];
    if (progress.checkpoint === undefined || progress.generation !== generation) return ['there is no checkpoint'];
    if (check !== undefined && (progress.check?.number !== check.number || progress.check.finishedAt === 0)) {
      return ['a check is not done'];
    }
    return [...(await this.#different()), ...(await this.#kept(record))];
  }

  /** The visible state of the task: its rows, and its progress. */
  async contents(): Promise<{ epoch: number | undefined; text: string }> {
    const record = await this.task;
    const tables = await this.#tables(this.sink, this.to);
    const rows = await Promise.all(tables.map((table) => this.sink.sorted(`select * from ${this.to}.${table}`)));
    return { epoch: record?.epoch, text: JSON.stringify([tables, rows, record?.progress]) };
  }

  async close(): Promise<void> {
    const pins = await this.#pins();
    for (const pin of pins) await this.source.run(`drop snapshot ${pin}`);
    await this.source.run(`drop database if exists ${this.from}`);
    await this.sink.run(`drop database if exists ${this.to}`);
    this.source.close();
    this.sink.close();
  }

  async #different(): Promise<string[]> {
    const tables = await this.#tables(this.source, this.from);
    const copies = await this.#tables(this.sink, this.to);
    if (tables.join() !== copies.join()) return [`tables ${copies.join()} for ${tables.join()}`];
    const found = await Promise.all(
      tables.map(async (table) => {
        const source = await this.source.sorted(`select * from ${this.from}.${table}`);
        const sink = await this.sink.sorted(`select * from ${this.to}.${table}`);
        if (source.join('\n') === sink.join('\n')) return [];
        return [`${table}: ${sink.length} rows for ${source.length}, or not the same`];
      }),
    );
    return found.flat();
  }

  /** Snapshots, and rows in the ledger, that the task does not need. */
  async #kept(record: TaskRecord | undefined): Promise<string[]> {
    const due = record?.progress.checkpoint?.name ?? '';
    const pins = (await this.#pins()).join();
    const counts = await Promise.all(
      ['chunk', 'loader'].map((table) => this.sink.number(`select count(*) from mo_cdc.${table} where ${this.#ours}`)),
    );
    const fence = (await this.sink.sorted(`select \`window\` from mo_cdc.fence where ${this.#ours}`)).join();
    const window = record === undefined ? '' : String(record.progress.window);
    return [
      ...(pins === due ? [] : [`snapshots ${pins} instead of ${due}`]),
      ...(counts.every((count) => count === 0) ? [] : [`${counts.join(' and ')} plans and places`]),
      ...(fence === window ? [] : [`fence ${fence} instead of ${window}`]),
    ];
  }

  get #ours(): string {
    return `task_id = '${this.#id}'`;
  }

  async #pins(): Promise<string[]> {
    const prefix = pinPrefix(this.#id);
    const rows = await this.source.query(
      `select sname from mo_catalog.mo_snapshots where left(sname, ${prefix.length}) = '${prefix}'`,
    );
    return rows.map(([name]) => String(name)).sort();
  }

  async #tables(client: SqlClient, database: string): Promise<string[]> {
    const rows = await client.query(`show tables from ${database}`);
    return rows.map(([name]) => String(name)).sort();
  }
}
