import { describe, expect, it } from 'vitest';
import { heldSince, pitrReach } from '../../../../../lib/matrixone/source/history/held-history.ts';
import { positionAt } from '../../../../../lib/data/position.ts';
import type { Connection } from '../../../../../lib/wire/connection.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const NOW = Date.parse('2026-11-24T12:00:00Z');
const at = positionAt;
const AREA = [{ database: 'shop', table: 'orders' }] as const;

interface Answers {
  readonly account?: string;
  readonly pitrs: readonly (readonly (string | number)[])[];
  readonly databases?: readonly (readonly string[])[];
}

function server({ account = 'sys', pitrs, databases = [] }: Answers) {
  const asked: string[] = [];
  const query = (sql: string) => {
    asked.push(sql);
    const rows =
      sql === 'select current_account_name()'
        ? [[account]]
        : sql === 'select 1'
          ? [['1']]
          : sql.includes('mo_database')
            ? databases
            : sql.includes('mo_snapshots')
              ? []
              : pitrs;
    return Promise.resolve({ rows: rows.map((row) => row.map((value) => Buffer.from(String(value)))) });
  };
  return { session: { query } as unknown as Connection, asked };
}

/** As mo_pitr has it: level, database, table, created, modified, state changed, length, unit. */
const pitr = (level: string, created: number, length: number, unit: string, modified = created, database = '') => [
  ...[level, database, '', at(created), at(modified), at(created), length, unit],
];

describe('a PITR', () => {
  const reach = (pitrs: Answers['pitrs'], ts: number, known?: number) =>
    pitrReach(server({ pitrs }).session, at(ts), AREA, NOW, known);

  it('holds what there was since it was made, for as long as it says less a minute', async () => {
    const two = [pitr('account', NOW - 5 * HOUR, 2, 'h')];
    expect(await reach(two, NOW - HOUR)).toBe(2 * HOUR - MINUTE);
    expect(await reach(two, NOW - 2 * HOUR + MINUTE + 1)).toBe(2 * HOUR - MINUTE);
    expect(await reach(two, NOW - 2 * HOUR + MINUTE)).toBeUndefined();
    expect(await reach([pitr('account', NOW - HOUR, 2, 'h')], NOW - HOUR - 1)).toBeUndefined();
    expect(await reach([], NOW)).toBeUndefined();
  });

  it('is taken for as short as its months may be', async () => {
    expect(await reach([pitr('account', 0, 1, 'mo')], NOW)).toBe(28 * 24 * HOUR - MINUTE);
  });

  it('is the longest that covers a table, and the shortest of all tables', async () => {
    const pitrs = [pitr('account', 0, 2, 'h'), pitr('database', 0, 5, 'h', 0, 'SHOP'), pitr('table', 0, 9, 'h')];
    const { session } = server({ pitrs });
    expect(await pitrReach(session, at(NOW), AREA, NOW)).toBe(5 * HOUR - MINUTE);
    expect(await pitrReach(session, at(NOW), [...AREA, { database: 'other' }], NOW)).toBe(2 * HOUR - MINUTE);
  });

  it('that was made longer still holds what it held, and brings back nothing', async () => {
    const longer = [pitr('account', 0, 9, 'h', NOW - HOUR)];
    // Within the two hours that it had when it was changed, or out of them.
    expect(await reach(longer, NOW - 2 * HOUR, 2 * HOUR)).toBe(9 * HOUR - MINUTE);
    expect(await reach(longer, NOW - 4 * HOUR, 2 * HOUR)).toBeUndefined();
    // Nobody knows what it was before.
    expect(await reach(longer, NOW - 2 * HOUR)).toBeUndefined();
    expect(await reach(longer, NOW - HOUR)).toBe(9 * HOUR - MINUTE);
    expect(await heldSince(server({ pitrs: longer }).session, at(NOW - 2 * HOUR), AREA, NOW)).toBeUndefined();
  });
});

describe('a start in the past', () => {
  const start = (pitrs: Answers['pitrs'], ts: number) => heldSince(server({ pitrs }).session, at(ts), AREA, NOW);

  it('is held by what will hold it while the task stands there, and by nothing else', async () => {
    const two = [pitr('account', NOW - 5 * HOUR, 2, 'h')];
    expect(await start(two, NOW - HOUR)).toEqual({ name: '', ts: at(NOW - HOUR) });
    // Out of reach within a minute: the task would be created, and fail with HISTORY_LOST at once.
    expect(await start(two, NOW - 2 * HOUR + MINUTE)).toBeUndefined();
    // As long as a task stands on something, PITRs of single tables do not count.
    const ofTable = pitr('table', NOW - 5 * HOUR, 2, 'h', NOW - 5 * HOUR, 'shop').with(2, 'orders');
    expect(await start([ofTable], NOW - HOUR)).toBeUndefined();
    expect(await start([ofTable, ...two], NOW - HOUR)).toEqual({ name: '', ts: at(NOW - HOUR) });
  });
});

describe('a PITR of an account other than sys', () => {
  const shown = (level: string, database = '*', made = '2026-11-24 10:00:00') => [
    ...['p', made, made, level, 'acc', database, '*', 3, 'h'],
  ];
  const of = (pitrs: Answers['pitrs'], databases: Answers['databases'] = []) =>
    server({ account: 'acc', pitrs, databases });

  it('counts from the next whole second', async () => {
    const made = Date.parse('2026-11-24T10:00:00Z');
    const { session } = of([shown('account')]);
    expect(await pitrReach(session, at(made + 999), AREA, NOW)).toBeUndefined();
    expect(await pitrReach(session, at(made + 1_000), AREA, NOW)).toBe(3 * HOUR - MINUTE);
  });

  it('is asked for by a statement after which nothing of importance comes', async () => {
    const { session, asked } = of([shown('database', 'shop')], [['shop', '2026-11-24 09:00:00']]);
    expect(await pitrReach(session, at(NOW), AREA, NOW)).toBe(3 * HOUR - MINUTE);
    expect(asked[asked.indexOf('show pitr') + 1]).toBe('select 1');
  });

  it('does not cover a database that was made anew since', async () => {
    for (const made of ['2026-11-24 10:00:02', '2026-11-24 11:00:00']) {
      const { session } = of([shown('database', 'shop')], [['shop', made]]);
      expect(await pitrReach(session, at(NOW), AREA, NOW)).toBeUndefined();
    }
    expect(await pitrReach(of([shown('database', 'shop')]).session, at(NOW), AREA, NOW)).toBeUndefined();
  });
});
