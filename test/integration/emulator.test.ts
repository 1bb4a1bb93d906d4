import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MatrixOneProbe } from '../support/matrixone-probe.ts';
import { testServers, type TestServers } from '../support/servers.ts';

/** What a replicator relies on, true of MatrixOne itself (given by MATRIXONE_SOURCE) as of the emulator. */
describe('MatrixOne', () => {
  let servers: TestServers;
  let db: MatrixOneProbe;
  beforeAll(async () => {
    servers = await testServers();
    db = await MatrixOneProbe.open(servers.sourceUri, `emu_${randomBytes(4).toString('hex')}`);
  });
  afterAll(async () => {
    await db.drop();
    await servers.stop();
  });

  it('says what it is', async () => {
    expect(await db.sorted('select version()')).toEqual([expect.stringMatching(/^8\.0\.30-MatrixOne-v/)]);
    expect(await db.sorted('select @@version_comment, current_account_name()')).toEqual(['MatrixOne|sys']);
    expect(await db.sorted("show variables like 'local_infile'")).toEqual(['local_infile|off']);
  });

  describe('snapshots', () => {
    it('read a table as it was, whatever happens to it', async () => {
      await db.run(
        'create table kept (id int primary key, v varchar(20))',
        "insert into kept values (1, 'a'), (2, 'b')",
      );
      const before = await db.snapshot('kept');
      await db.run("update kept set v = 'A' where id = 1", 'delete from kept where id = 2');
      const after = await db.snapshot('kept');
      await db.run('drop table kept');
      expect(await db.sorted(`select * from kept{snapshot='${before}'}`)).toEqual(['1|a', '2|b']);
      const qualified = `\`${db.name}\` . \`kept\` { snapshot = '${after}' }`;
      expect(await db.sorted(`select k.v from ${qualified} k where k.id = 1`)).toEqual(['A']);
      expect((await db.definition(`kept{snapshot='${before}'}`)).split('\n')[0]).toBe('CREATE TABLE `kept` (');
    });

    it('are listed with a growing position', async () => {
      await db.run('create table listed (id int primary key)');
      const names = [await db.snapshot('listed'), await db.snapshot('listed'), await db.snapshot(undefined)];
      const rows = await db.query(
        `select sname, ts, level, account_name, database_name, table_name from mo_catalog.mo_snapshots
         where sname in (${names.map((name) => `'${name}'`).join(', ')}) order by ts`,
      );
      const texts = rows.map((row) => row.map(String));
      expect(texts.map(([name, , level, ...scope]) => [name, level, ...scope])).toEqual([
        [names[0], 'table', 'sys', db.name, 'listed'],
        [names[1], 'table', 'sys', db.name, 'listed'],
        [names[2], 'database', 'sys', db.name, ''],
      ]);
      const positions = texts.map((row) => BigInt(row[1] ?? ''));
      expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : 1)));
      expect(new Set(positions).size).toBe(3);
    });

    it('list the tables there were', async () => {
      await db.run('create table here (id int primary key)', 'create view seen as select * from here');
      const snapshot = await db.snapshot(undefined);
      await db.run('drop view seen', 'drop table here');
      const query = (hint: string): string =>
        `select relname, relkind from mo_catalog.mo_tables${hint}
         where reldatabase = '${db.name}' and relname in ('here', 'seen')`;
      expect(await db.sorted(query(''))).toEqual([]);
      expect(await db.sorted(query(`{snapshot='${snapshot}'}`))).toEqual(['here|r', 'seen|v']);
    });

    it('are lower-cased when they are made and not when they are used', async () => {
      await db.run('create table cased (id int primary key)');
      const name = await db.snapshot('cased', (made) => made.toUpperCase());
      expect(await db.sorted(`select * from cased{snapshot='${name}'}`)).toEqual([]);
      await expect(db.run(`select * from cased{snapshot='${name.toUpperCase()}'}`)).rejects.toMatchObject({
        errno: 20101,
        message: expect.stringMatching(/find 0 snapshot records by name\(/) as string,
      });
    });

    it('do not wait for open transactions, and hold nothing of them', async () => {
      await db.run('create table open (id int primary key, v int)', 'insert into open values (1, 1)');
      const other = db.another();
      await other.run('begin', `insert into ${db.name}.open values (2, 2)`, `update ${db.name}.open set v = 9`);
      const during = await db.snapshot('open');
      await other.run('commit');
      other.close();
      const after = await db.snapshot('open');
      expect(await db.sorted(`select * from open{snapshot='${during}'}`)).toEqual(['1|1']);
      expect(await db.diff('open', during, after)).toEqual(['INSERT|2|9', 'UPDATE|1|9']);
    });

    it('refuse what is there or is not', async () => {
      await db.run('create table once (id int primary key)');
      const name = await db.snapshot('once');
      const create = `create snapshot ${name} for table ${db.name} once`;
      await expect(db.run(create)).rejects.toThrow(`snapshot ${name} already exists`);
      await expect(db.run('drop snapshot emu_none')).rejects.toThrow('snapshot emu_none does not exist');
      await expect(db.run(`create snapshot emu_x for table ${db.name} none`)).rejects.toThrow('does not exist');
      await db.run('drop snapshot if exists emu_none');
    });

    it('trap: of one table at two snapshots in one query, one is read twice', async () => {
      await db.run('create table twice (id int primary key)', 'insert into twice values (1)');
      const before = await db.snapshot('twice');
      await db.run('insert into twice values (2)');
      const after = await db.snapshot('twice');
      const missing = `select * from twice{snapshot='${after}'} n where not exists
        (select 1 from twice{snapshot='${before}'} o where o.id = n.id)`;
      expect(await db.sorted(missing)).toEqual([]);
    });
  });

  describe('errors', () => {
    it.each([
      ['select * from emu_none', 1064, 'SQL parser error: table "emu_none" does not exist'],
      ['show create table emu_none', 1146, 'no such table'],
      ['select * from emu_none_db.t', 1049, 'Unknown database emu_none_db'],
      ["select * from emu_none{snapshot='emu_none'}", 20101, 'find 0 snapshot records by name(emu_none)'],
    ])('%s', async (sql, errno, message) => {
      await expect(db.run(sql)).rejects.toMatchObject({ errno, message: expect.stringContaining(message) as string });
    });
  });

  it('packs different values into different bytes', async () => {
    await db.run('create table packed (id int primary key, a varchar(20), b varchar(20), c blob)');
    const rows = [
      "'a', 'b', null",
      "'ab', '', null",
      "'', 'ab', null",
      "null, 'ab', null",
      "'ab', null, null",
      "'ab', null, ''",
      "'AB', null, ''",
      "'ab ', null, ''",
      "'NULL', null, ''",
      "'ab', null, x'00'",
      "'ab', null, x'0000'",
    ];
    await db.run(`insert into packed values ${rows.map((row, i) => `(${i}, ${row})`).join(', ')}`);
    const hashes = await db.sorted('select md5(serial_full(a, b, c)) from packed');
    expect(new Set(hashes).size).toBe(rows.length);
    expect(hashes.every((hash) => /^[0-9a-f]{32}$/u.test(hash))).toBe(true);
    const again = "select md5(serial_full(p.a, `b`, concat(c, ''))) from packed p where id = 0";
    expect(await db.sorted(again)).toEqual(
      await db.sorted('select md5(serial_full(a, b, c)) from packed where id = 0'),
    );
  });

  it('shows a table in its own words', async () => {
    await db.run(
      `create table shown (id bigint unsigned not null, n int default 5, s varchar(50) not null default 'it',
       d datetime(3), t text, j json, e enum('a','b'), b bool, f decimal(38,10) not null, g int as (n + 1) stored,
       primary key (id, s), unique key u (n), key k (d, e))`,
    );
    expect((await db.definition('shown')).replace('((n + 1))', '(`n` + 1)')).toBe(
      [
        'CREATE TABLE `shown` (',
        '  `id` bigint unsigned NOT NULL,',
        '  `n` int DEFAULT 5,',
        "  `s` varchar(50) NOT NULL DEFAULT 'it',",
        '  `d` datetime(3) DEFAULT NULL,',
        '  `t` text DEFAULT NULL,',
        '  `j` json DEFAULT NULL,',
        "  `e` enum('a','b') DEFAULT NULL,",
        '  `b` bool DEFAULT NULL,',
        '  `f` decimal(38,10) NOT NULL,',
        '  `g` int GENERATED ALWAYS AS (`n` + 1) STORED,',
        '  PRIMARY KEY (`id`,`s`),',
        '  UNIQUE KEY `u` (`n`),',
        '  KEY `k` (`d`,`e`)',
        ')',
      ].join('\n'),
    );
  });
});
