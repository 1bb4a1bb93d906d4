import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { uriThrough } from '../../support/driver-options.ts';
import { LiveWorld } from '../../support/live-world.ts';
import { LossyProxy } from '../../support/lossy-proxy.ts';
import { testServers, type TestServers } from '../../support/servers.ts';

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

/** From one shape of `t (id, v, n)` to another and back, rows included that do not fit the other one. */
const THERE = [
  `update t set v = id, n = id`,
  'alter table t drop index plain',
  'create unique index u on t (v)',
  'alter table t modify column v varchar(10)',
  'alter table t rename column n to m',
  `alter table t add column w varchar(9) default 'w' after id`,
  'create index by_m on other (m)',
  'insert into other values (7, 7)',
];
const BACK = [
  'alter table t drop index u',
  'alter table t modify column v varchar(40)',
  'alter table t rename column m to n',
  'alter table t drop column w',
  `update t set v = 'the same in every row', n = 1`,
  'create index plain on t (v)',
  'alter table other drop index by_m',
  'delete from other where id = 7',
];
/** Each run tries every fifth statement, beginning anywhere. */
const STEP = 5;
const WRITING = /^\s*(?:alter|create|drop|delete|insert|update|commit|load)\b/iu;

it.each(['matrixone', 'mysql'] as const)(
  'a schema change that is cut off at any statement at a %s sink is carried to its end',
  { timeout: 300_000 },
  async (sinkType) => {
    const direct = sinkType === 'mysql' ? servers.mysqlSinkUri : servers.matrixoneSinkUri;
    const { host, port } = parseDatabaseUri(direct);
    const proxy = await LossyProxy.start(host, port);
    const sinkUri = uriThrough(direct, proxy);
    const world = new LiveWorld({ ...servers, mysqlSinkUri: sinkUri, matrixoneSinkUri: sinkUri }, sinkType);
    await world.open(
      ['t', 'other'],
      [
        'create table t (id int primary key, v varchar(40), n int, key plain (v))',
        'create table other (id int primary key, m int)',
        `insert into t values (1, 'the same in every row', 1), (2, 'the same in every row', 1)`,
      ],
      { mode: 'tick' },
    );
    await world.run();
    let cuts = 0;
    const first = 1 + Math.floor(Math.random() * STEP);
    for (let statement = first, done = false; !done; statement += STEP) {
      for (const [changes, lost] of [
        [THERE, 'statement'],
        [BACK, 'answer'],
      ] as const) {
        await world.source.run(...changes);
        let left = statement;
        proxy.lose = (sql) => (WRITING.test(sql) && (left -= 1) === 0 ? lost : undefined);
        await world.run();
        proxy.lose = () => undefined;
        done = left > 0;
        cuts += done ? 0 : 1;
        const { missing } = await world.progress();
        expect(missing).toEqual([]);
        const { source, sink } = await world.sides('t');
        expect(sink.length).toBe(2);
        expect(sink).toEqual(source);
        const others = await world.sides('other');
        expect(others.sink).toEqual(others.source);
        expect([await indexes(world, 't'), await indexes(world, 'other')]).toEqual(
          changes === THERE ? [['unique u (v)'], ['by_m (m)']] : [['plain (v)'], []],
        );
      }
    }
    expect(cuts).toBeGreaterThan(3);
    await world.close();
    proxy.stop();
  },
);

async function indexes(world: LiveWorld, table: string): Promise<string[]> {
  const [row] = await world.sink.query(`show create table ${world.to}.${table}_copy`);
  const found = (row?.[1]?.toString() ?? '').matchAll(/^ *(UNIQUE )?KEY `(\w+)`[^(]*(\([^)]*\))/gmu);
  return [...found].map(([, unique = '', name = '', columns = '']) =>
    `${unique.toLowerCase()}${name} ${columns}`.replaceAll('`', ''),
  );
}
