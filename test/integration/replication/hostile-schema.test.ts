import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveWorld } from '../../support/live-world.ts';
import { testServers, type TestServers } from '../../support/servers.ts';

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

/** What somebody declares who may create one replicated table, and wants the sink's other databases. */
const attack = (payroll: string): Readonly<Record<string, string>> => ({
  // A server that prints backslashes as they are shows a text here that does not end where it ends.
  texts: `create table texts (id int primary key, v varchar(20) default 'x\\\\')
    comment=',\\n  PRIMARY KEY (\`id\`)\\n) auto_increment=1; drop database ${payroll}; commit; -- '`,
  labels: `create table labels (id int primary key, e enum('a','''); drop database ${payroll}; -- ') default 'a')`,
  said: `create table said (id int primary key comment '''; drop database ${payroll}; -- ', v int comment 'int/*\`*/')`,
  checked: `create table checked (id int primary key, v varchar(90), check (v <> 'x\\\\''); drop database ${payroll}; -- '))`,
});

/** The emulator does not have them. */
const partitions = (payroll: string): string =>
  `create table parts (id varchar(60) primary key, v int) partition by list columns (id)
   (partition p0 values in ('c\\\\', ')); drop database ${payroll}; commit; -- '), partition p1 values in ('p', 'q'))`;

describe.each(['matrixone', 'mysql'] as const)('a schema that would be SQL, to a %s sink', (sinkType) => {
  it('is copied as data, and what was not understood is named', async () => {
    const world = new LiveWorld(servers, sinkType);
    const payroll = `${world.to}_payroll`;
    const definitions = attack(payroll);
    const tables = [...Object.keys(definitions), ...(servers.real ? ['parts'] : [])];
    await world.sink.run(`create database ${payroll}`, `create table ${payroll}.salaries (id int primary key)`);
    const made = [...Object.values(definitions), ...(servers.real ? [partitions(payroll)] : [])];
    await world.open(
      [],
      made,
      { mode: 'tick' },
      { level: 'database', databases: [{ source: world.from, sink: world.to }] },
    );
    for (const table of tables) {
      await world.source.run(`insert into ${world.from}.${table} (id) values (${table === 'parts' ? "'p'" : 1})`);
    }
    await world.run();
    expect(Object.keys((await world.progress()).tables)).toHaveLength(tables.length);
    for (const table of tables) {
      const rows = await world.source.sorted(`select * from ${world.from}.${table}`);
      expect(await world.sink.sorted(`select * from ${world.to}.${table}`), table).toEqual(rows);
    }
    const { simplified } = await world.progress();
    const reasons = new Map(simplified.first.map(({ table, reason }) => [table.split('.')[1], reason]));
    if (servers.real) expect(reasons.get('parts')).toContain('its partitions');
    if (sinkType === 'mysql') expect(reasons.get('checked')).toMatch(/the check/u);
    expect(reasons.has('said')).toBe(false);
    // MatrixOne itself, altering `texts`, takes its comment for SQL, and goes down (4.2.0).
    const alter = `alter table ${world.from}.said add column w varchar(90) comment '''; drop database ${payroll}; -- '`;
    await world.source.run(alter, `insert into ${world.from}.said (id, w) values (2, '''; drop')`);
    await world.run();
    expect(await world.sink.sorted(`select id, w from ${world.to}.said`)).toEqual(['1|NULL', "2|'; drop"]);
    const [salaries] = await world.sink.sorted(`select count(*) from ${payroll}.salaries`);
    expect(salaries).toBe('0');
    await world.sink.run(`drop database ${payroll}`);
    await world.close();
  });
});
