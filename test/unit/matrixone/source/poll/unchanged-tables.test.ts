import { describe, expect, it } from 'vitest';
import { UnchangedTables } from '../../../../../lib/matrixone/source/poll/unchanged-tables.ts';
import type { ResultSet, Connection } from '../../../../../lib/wire/connection.ts';
import { CdcError } from '../../../../../lib/errors.ts';
import type { TableName } from '../../../../../lib/task/task.ts';
import { position } from '../../../../../lib/data/position.ts';

const [A, B] = [
  { name: 'a', ts: position('100') },
  { name: 'b', ts: position('200') },
];
const at = (i: number): TableName => ({ database: 'd', table: `t${i}` });
const TABLES = Array.from({ length: 40 }, (_, i) => at(i));

/** A server that answers with what the rows' ids of a table come to: `rows xor sum`, by its state and its name. */
class FakeServer {
  readonly asked: string[] = [];
  readonly sums = new Map<string, string>();
  fails: Error | undefined;

  readonly unchanged = new UnchangedTables((_pins, work) => work(this.#session as unknown as Connection));

  readonly #session = {
    query: (sql: string): Promise<Pick<ResultSet, 'rows'>> => {
      this.asked.push(sql);
      if (this.fails !== undefined) throw this.fails;
      const parts = [...sql.matchAll(/from `d`\.`(\w+)`(\{.*?\})? limit/gu)];
      const first = parts[0]?.[2];
      const state = first === undefined ? 'live' : /'(\w+)'/u.exec(first)?.[1];
      for (const [, , hint] of parts.slice(1)) {
        if (state !== 'live' && hint !== `{MO_TS = ${state === 'a' ? 100 : 200}}`)
          throw new Error(`read at ${hint ?? ''}`);
      }
      const answers = parts.map(([, table = ''], i) => [
        String(i),
        ...(this.sums.get(`${state} ${table}`) ?? '5 1 1').split(' '),
      ]);
      return Promise.resolve({ rows: answers.map((row) => row.map((value) => Buffer.from(value))) });
    },
  };
}

const serverError = (errno: number, message: string): CdcError =>
  new CdcError('SOURCE_ERROR', 'The source failed.', { cause: Object.assign(new Error(message), { errno }) });

describe('tables that have not changed', () => {
  it('have the same rows at both ends; each pin is asked once, sixteen tables at a time', async () => {
    const server = new FakeServer();
    server.sums.set('b t3', '5 1 2').set('b t4', '5 2 1').set('b t5', '6 1 1');
    const same = await server.unchanged.between(TABLES, { after: A, until: B }, 2);
    expect([...same].sort()).toEqual(
      TABLES.map(({ table }) => `d.${table}`)
        .filter((key) => !/t[345]$/u.test(key))
        .sort(),
    );
    expect(server.asked).toHaveLength(6);
    await server.unchanged.between(TABLES, { after: A, until: B }, 2);
    expect(server.asked).toHaveLength(6);
    server.unchanged.forget('b');
    await server.unchanged.between(TABLES, { after: A, until: B }, 2);
    expect(server.asked).toHaveLength(9);
  });

  it('are not told from others when they are large, which is asked once', async () => {
    const server = new FakeServer();
    server.sums.set('a t1', '10001 1 1').set('b t1', '10001 1 1');
    const same = await server.unchanged.between([at(0), at(1)], { after: A, until: B }, 1);
    expect([...same]).toEqual(['d.t0']);
    await server.unchanged.since([at(0), at(1)], B);
    expect(server.asked.filter((sql) => sql.includes('`t1`'))).toHaveLength(1);
  });

  it('are none where the server cannot tell, which is tried once a run', async () => {
    const server = new FakeServer();
    server.fails = serverError(20203, 'invalid argument function hash_value, bad value [ROWID]');
    expect((await server.unchanged.between(TABLES, { after: A, until: B }, 1)).size).toBe(0);
    expect(server.asked).toHaveLength(1);
  });

  it('are asked for again after a table that was missing', async () => {
    const server = new FakeServer();
    server.fails = serverError(1064, 'SQL parser error: table "t1" does not exist');
    expect((await server.unchanged.since([at(1)], A)).same.size).toBe(0);
    server.fails = undefined;
    expect([...(await server.unchanged.since([at(1)], A)).same]).toEqual(['d.t1']);
  });

  it.each([
    ['an abort', new Error('enough')],
    [
      'a lost connection',
      new CdcError('SOURCE_UNREACHABLE', 'The source is away.', { cause: { code: 'ECONNRESET', errno: -104 } }),
    ],
    ['lost history', serverError(20101, 'find 0 snapshot records by name(a), expect only 1')],
  ])('%s is an error', async (_what, error) => {
    const server = new FakeServer();
    server.fails = error;
    await expect(server.unchanged.between(TABLES, { after: A, until: B }, 1)).rejects.toBe(error);
  });

  it('are known by their present ids, too, once they were found to hold the same', async () => {
    const server = new FakeServer();
    server.sums.set('live t1', '5 9 9');
    const { same, note } = await server.unchanged.since([at(0), at(1)], A);
    expect([...same]).toEqual(['d.t0']);
    note(at(1));
    expect([...(await server.unchanged.since([at(0), at(1)], A)).same]).toEqual(['d.t0', 'd.t1']);
    server.sums.set('live t1', '5 9 8');
    expect([...(await server.unchanged.since([at(0), at(1)], A)).same]).toEqual(['d.t0']);
    // At another pin it may have held something else.
    server.sums.set('live t1', '5 9 9');
    expect([...(await server.unchanged.since([at(0), at(1)], B)).same]).toEqual(['d.t0']);
  });
});
