import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Connection } from '../../../lib/wire/connection.ts';
import type { Gate } from '../../support/gate.ts';
import { LiveWorld } from '../../support/live-world.ts';
import { testServers, type TestServers } from '../../support/servers.ts';

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

describe('a window of ten rows', () => {
  // Each statement is a round trip: the driver sends the next one when the answer to the last is there.
  const sent = () =>
    [vi.spyOn(Connection.prototype, 'query'), vi.spyOn(Connection.prototype, 'streamWithColumns')] as const;
  let spies: ReturnType<typeof sent>;
  beforeEach(() => {
    spies = sent();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const statements = (): string[] =>
    spies
      .flatMap(({ mock }) => mock.calls.map(([sql], i) => ({ sql, order: mock.invocationCallOrder[i] ?? 0 })))
      .sort((a, b) => a.order - b.order)
      .map(({ sql }) => sql);

  it('takes five statements at the source, of which the last is not waited for, a count beside them, and five at the sink', async () => {
    const world = new LiveWorld(servers, 'matrixone');
    try {
      await world.open(['t'], ['create table t (id int primary key, v varchar(20))'], { changeReader: 'auto' });
      const end = new AbortController();
      let written = 0;
      let windows = 0;
      const gate: Gate = async (call, when) => {
        if (call === 'sink.batch.commit' && when === 'before') windows += 1;
        if (call !== 'source.changedSince') return;
        // Twice: what is learnt of a table is learnt once.
        if (when === 'before' && written < 2 && windows === written) {
          written += 1;
          const rows = Array.from({ length: 10 }, (_, i) => `(${written}${i}, 'x')`);
          await world.source.run(`insert into ${world.from}.t values ${rows.join(', ')}`);
          for (const spy of spies) spy.mockClear();
        }
        if (when === 'before' && windows === 2) end.abort();
      };
      await world.run(gate, 60_000, end.signal);
      const all = statements();
      const from = all.findIndex((sql) => sql.startsWith('create snapshot'));
      const isCount = (sql: string): boolean => sql.startsWith('select count(*)');
      // By another session than the diff; how many rows there were at the window's beginning is known.
      expect(all.slice(from).filter(isCount)).toHaveLength(1);
      const others = all.slice(from).filter((sql) => !isCount(sql));
      const shapes = others.map((sql) => /^\s*(data branch diff|\w+( \w+)?)/u.exec(sql)?.[1]);
      expect(shapes).toEqual([
        'create snapshot',
        'select sname',
        'select reldatabase',
        'data branch diff',
        'begin',
        'update',
        'delete from',
        'insert into',
        'commit',
        'drop snapshot',
      ]);
      expect(await world.sides('t')).toSatisfy(
        ({ source, sink }: { source: string[]; sink: string[] }) =>
          source.join() === sink.join() && source.length === 20,
      );
    } finally {
      await world.close();
    }
  });
});
