import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Use } from '../../../../../lib/matrixone/server/kill-query.ts';
import { QuickReader } from '../../../../../lib/matrixone/source/changes/quick-reader.ts';
import { RowCounts } from '../../../../../lib/matrixone/source/rows/row-counts.ts';
import { type Streaming, WholeDiff } from '../../../../../lib/matrixone/source/changes/whole-diff.ts';
import type { Connection } from '../../../../../lib/wire/connection.ts';
import type { TableSchema } from '../../../../../lib/data/change.ts';
import { position } from '../../../../../lib/data/position.ts';
import { packed } from '../../../../support/packed-rows.ts';

const column = (name: string) => ({ name, type: 'int', nullable: true, generated: false });
const schema: TableSchema = {
  table: { database: 'db', table: 't' },
  id: '1',
  columns: [column('id'), column('v')],
  key: ['id'],
  hasUniqueKeys: false,
  hasPrimaryKey: true,
  details: { indexes: [] },
};
const window = { after: { name: 'a', ts: position('1') }, until: { name: 'b', ts: position('2') } };

const text = (value: string | number): Buffer => Buffer.from(String(value));
const digest = (value: number): Buffer => Buffer.alloc(16, value);

const SAMPLED = 4_000;

/** A server of which a diff takes as long as it is told to, unless it is killed; all rows of the sample have changed. */
class FakeServer {
  diffTakes = 0;
  rows = 1_000_000;
  /** Of the sampled rows. */
  changed = SAMPLED;
  sampleFails = false;
  readonly sent: string[] = [];
  /** How long a connection for the diff takes. */
  connectTakes = 0;
  /** Streams of the diff that are not at their end. */
  open = 0;
  #killed = Promise.withResolvers<undefined>();

  /** Rows at the window's end, of none at its beginning. */
  rowsNow = 1;

  readonly reader = this.#reader();

  async read(): Promise<string[]> {
    const found: string[] = [];
    for await (const changes of this.reader.read(schema, window)) {
      for (const { deleted, row } of changes) found.push(`${deleted ? '-' : '+'}${row.map(String).join('|')}`);
    }
    return found;
  }

  #reader(): QuickReader {
    const use: Use = (_pins, work) => work(this.#session(2));
    const streaming: Streaming = (_pins, open) => this.#streaming(open);
    const planRanges = () => Promise.resolve([{ lower: undefined, upper: undefined }]);
    return new QuickReader({ use, planRanges, streaming }, new WholeDiff(use, streaming, new RowCounts(use)));
  }

  get killed(): boolean {
    return this.sent.includes('kill query 1');
  }

  async *#streaming<T>(open: (session: Connection) => AsyncGenerator<T, void, undefined>) {
    await sleep(this.connectTakes);
    this.open += 1;
    try {
      yield* open(this.#session(1));
    } finally {
      this.open -= 1;
    }
  }

  #session(id: number): Connection {
    const session = {
      id,
      query: (sql: string) => this.#answer(sql),
      stream: (sql: string) => this.#rows(sql),
      streamWithColumns: () => this.#diff(),
      destroy: () => undefined,
    };
    return session as unknown as Connection;
  }

  #answer(sql: string): Promise<unknown> {
    if (sql.includes('count(*)')) return Promise.resolve({ rows: [[text(sql.includes("'b'") ? this.rowsNow : 0)]] });
    this.sent.push(sql);
    if (sql.startsWith('kill')) this.#killed.resolve(undefined);
    if (sql.includes('mo_table_rows')) return Promise.resolve({ rows: [[text(this.rows)]] });
    if (!sql.includes('hash_value')) return Promise.resolve({ rows: [] });
    if (this.sampleFails) return Promise.reject(new Error('This type cannot be packed.'));
    const isNow = sql.includes("'b'");
    const rows = Array.from({ length: SAMPLED }, (_, i) => [text(i), digest(isNow && i < this.changed ? 1 : 0)]);
    return Promise.resolve({ rows });
  }

  /** One row of each state; the key of the earlier one is gone. */
  async *#rows(sql: string): AsyncGenerator {
    await Promise.resolve();
    const row = sql.includes("'b'") ? [digest(2), text(8), text(8), text('quick')] : [digest(2), text(7)];
    yield* packed([row]);
  }

  async *#diff(): AsyncGenerator {
    await Promise.race([sleep(this.diffTakes), this.#killed.promise]);
    if (this.killed) throw new Error('Query execution was interrupted');
    const [rows] = packed([[text('t'), text('INSERT'), text(9), text('diff')]]);
    yield { columns: ['diff t against t', 'flag', 'id', 'v'], rows };
  }
}

const LONG = 1_500;
const BY_DIFF = ['+9|diff'];

describe('the quick way to read changes', () => {
  it('is the diff where that answers soon', async () => {
    const server = new FakeServer();
    expect(await server.read()).toEqual(BY_DIFF);
    expect(server.sent).toEqual([]);
  });

  it('fails where the diff has left something out', async () => {
    const server = new FakeServer();
    server.rowsNow = 0;
    await expect(server.read()).rejects.toThrow(
      'The source left out changes of db.t: by the changes that it reported, the table grew by 1 rows, but it grew by 0.',
    );
  });

  it('is by digests where the diff takes long and much has changed; the diff is ended at the server', async () => {
    const server = new FakeServer();
    server.diffTakes = 60_000;
    expect(await server.read()).toEqual(['+8|quick', '-7|null']);
    expect(server.killed).toBe(true);
  });

  it('leaves no diff behind that had no connection yet when it was given up', async () => {
    const server = new FakeServer();
    server.connectTakes = 200;
    expect(await server.read()).toEqual(['+8|quick', '-7|null']);
    await sleep(400);
    expect(server.open).toBe(0);
  });

  it.each<[string, (server: FakeServer) => void]>([
    ['little has changed', (server) => (server.changed = SAMPLED / 20)],
    ['the table is small', (server) => (server.rows = 5_000)],
    ['the sample cannot be taken', (server) => (server.sampleFails = true)],
  ])('is the diff, however long that takes, where %s', async (_, set) => {
    const server = new FakeServer();
    server.diffTakes = LONG;
    set(server);
    expect(await server.read()).toEqual(BY_DIFF);
    expect(server.killed).toBe(false);
  });
});
