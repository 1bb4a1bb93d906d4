import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { declaredSchema } from '../support/declared/declared-table.ts';
import type { Change, Row } from '../../lib/data/change.ts';
import type { FenceStep, Sink } from '../../lib/replication/endpoints/sink.ts';
import type { SinkTable } from '../../lib/replication/endpoints/sink-tables.ts';
import { position } from '../../lib/data/position.ts';
import type { SqlClient } from '../support/sql-client.ts';

export interface SinkFixture {
  readonly client: SqlClient;
  open(taskId: string, bookkeeping: string, signal?: AbortSignal): Sink;
  /** A sink whose password or port is wrong. */
  openBroken(how: 'password' | 'port'): Sink;
  /** True for the emulator. */
  readonly emulated: boolean;
  /** Does LOAD DATA find duplicates of the primary key? */
  readonly loadChecksKeys: boolean;
  /** MySQL and MariaDB have a binary collation that does not pad, each by another name. */
  readonly noPad: string | undefined;
  close(): Promise<void>;
}

export const step = (window: number, batch: number, checkpoint?: string, saves = 0): FenceStep => ({
  window,
  batch,
  point: checkpoint === undefined ? undefined : { checkpoint: { name: '', ts: position(checkpoint) }, saves },
});
export const row = (...values: (string | number | null)[]): Row =>
  values.map((value) => (value === null ? null : Buffer.from(String(value))));
export const put = (...values: (string | number | null)[]): Change => ({ deleted: false, row: row(...values) });
export const del = (...values: (string | number | null)[]): Change => ({ deleted: true, row: row(...values) });
/** The range of a whole table. */
export const open = { lower: undefined, upper: undefined };

export async function* batches(...rows: Row[][]): AsyncGenerator<Row[]> {
  for (const batch of rows) yield await Promise.resolve(batch);
}

/** A sink server with databases of one suite, and what its tests have in common. */
export class SinkWorld {
  readonly database = `cdc_snk_${randomBytes(4).toString('hex')}`;
  readonly #start: () => Promise<SinkFixture>;
  #fixture: SinkFixture | undefined;
  #opened: Sink[] = [];
  #task = '';
  #tables = 0;

  constructor(start: () => Promise<SinkFixture>) {
    this.#start = start;
  }

  get fixture(): SinkFixture {
    if (this.#fixture === undefined) throw new Error('not started');
    return this.#fixture;
  }

  /** The database of fences and plans. */
  get books(): string {
    return `mo_cdc_${this.database}`;
  }

  async start(): Promise<void> {
    this.#fixture = await this.#start();
  }

  async closeSinks(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((sink) => sink.close()));
  }

  async stop(): Promise<void> {
    const { client } = this.fixture;
    await client.run(`drop database if exists ${this.database}`, `drop database if exists ${this.books}`);
    await this.fixture.close();
  }

  nextTask(): void {
    this.#task = randomUUID();
  }

  adopt(sink: Sink): Sink {
    this.#opened.push(sink);
    return sink;
  }

  /** Another sink object of the same task. */
  openSink(signal?: AbortSignal): Sink {
    return this.adopt(this.fixture.open(this.#task, this.books, signal));
  }

  /** A sink of a new task that has taken over epoch 1. */
  async newTask(): Promise<Sink> {
    this.nextTask();
    const sink = this.openSink();
    await sink.takeOver(1);
    return sink;
  }

  table(columns: string): SinkTable {
    const at = { database: this.database, table: `t${++this.#tables}` };
    return { name: at, schema: declaredSchema(at, '1', `CREATE TABLE \`${at.table}\` (\n  ${columns}\n)`) };
  }

  simple(): SinkTable {
    return this.table(`\`id\` int NOT NULL,
  \`v\` varchar(50) DEFAULT NULL,
  \`u\` int DEFAULT NULL,
  PRIMARY KEY (\`id\`),
  UNIQUE KEY \`uu\` (\`u\`)`);
  }

  async created(sink: Sink, table = this.simple()): Promise<SinkTable> {
    await sink.createTable(table);
    return table;
  }

  contents(table: SinkTable): Promise<string[]> {
    return this.fixture.client.sorted(`select * from \`${this.database}\`.\`${table.name.table}\``);
  }

  async apply(sink: Sink, table: SinkTable, at: FenceStep, ...changes: Change[]): Promise<void> {
    const batch = sink.beginBatch('replace');
    await batch.add(table, changes);
    await batch.commit(at);
  }

  /** The emulator has words of its own for a refused LOAD DATA. */
  loadRefusal(): unknown {
    return this.fixture.emulated ? expect.stringMatching(/^SINK_/u) : 'SINK_ROW_REJECTED';
  }
}
