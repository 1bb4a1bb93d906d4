import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MatrixOneProbe } from '../support/matrixone-probe.ts';
import { RandomTable } from '../support/random-table.ts';
import { testServers, type TestServers } from '../support/servers.ts';

/** What a replicator relies on, true of MatrixOne itself (given by MATRIXONE_SOURCE) as of the emulator. */
describe('data branch diff', () => {
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

  it('gives net changes: new image, or old image of what is deleted', async () => {
    await db.run(
      'create table net (a int, b varchar(10), v varchar(10), primary key (a, b))',
      "insert into net values (1, 'x', 'one'), (2, 'x', 'two'), (3, 'x', 'three'), (4, 'x', null)",
    );
    const before = await db.snapshot('net');
    await db.run("update net set v = 'ONE' where a = 1", "delete from net where a = 2 or b = 'nothing'");
    await db.run(
      "insert into net values (5, 'y', 'five')",
      'delete from net where a = 5',
      "update net set v = '' where a = 4",
    );
    await db.run(
      "update net set v = 'no' where a = 3",
      "update net set v = 'three' where a = 3",
      "insert into net values (6, 'x ', null)",
    );
    const after = await db.snapshot('net');
    expect(await db.diff('net', before, after)).toEqual(
      ['DELETE|2|x|two', 'INSERT|6|x |NULL', 'UPDATE|1|x|ONE', 'UPDATE|4|x|'].toSorted(),
    );
    expect(await db.diff('net', after, after)).toEqual([]);
    expect(await db.diff('net', before, after, 'columns (v, a)')).toEqual(
      ['DELETE|two|2', 'INSERT|NULL|6', 'UPDATE|ONE|1', 'UPDATE||4'].toSorted(),
    );
    expect(await db.diff('net', before, after, 'output limit 3')).toHaveLength(3);
    const sql = `data branch diff ${db.name}.net{snapshot='${after}'} against ${db.name}.net{snapshot='${before}'}`;
    expect(await db.number(`${sql} output count`)).toBe(4);
    await expect(db.run(`${sql} columns (none)`)).rejects.toMatchObject({ errno: 20301 });
  });

  it('counts something whenever a table without primary key has changed', async () => {
    await db.run('create table bag (a int, v varchar(10))', `insert into bag values (1, 'a'), (1, 'a'), (2, 'b')`);
    let before = await db.snapshot('bag');
    const counts: number[] = [];
    for (const sql of [`update bag set v = 'z' where a = 2`, 'delete from bag where a = 1', 'select 1']) {
      await db.run(sql);
      const after = await db.snapshot('bag');
      const diff = `data branch diff ${db.name}.bag{snapshot='${after}'} against ${db.name}.bag{snapshot='${before}'}`;
      counts.push(Math.min(1, await db.number(`${diff} output count`)));
      before = after;
    }
    expect(counts).toEqual([1, 1, 0]);
  });

  it('names its columns', async () => {
    await db.run('create table headed (id int primary key, v int)');
    const name = await db.snapshot('headed');
    const columns = await db.columns(`data branch diff headed{snapshot='${name}'} against headed{snapshot='${name}'}`);
    expect(columns).toEqual(['diff headed against headed', 'flag', 'id', 'v']);
  });

  it('tells whether anything changed since', async () => {
    await db.run('create table probed (id int primary key)', 'insert into probed values (1)');
    const since = await db.snapshot('probed');
    const count = `data branch diff probed against probed{snapshot='${since}'} output count`;
    expect(await db.number(count)).toBe(0);
    await db.run('begin', 'insert into probed values (2), (3)', 'commit');
    expect(await db.number(count)).toBe(2);
    await db.run('delete from probed where id > 1');
    expect(await db.number(count)).toBe(0);
  });

  it('trap: shows enum and set as numbers', async () => {
    await db.run("create table numbered (id int primary key, e enum('a','b'), s set('x','y','z'))");
    const before = await db.snapshot('numbered');
    await db.run("insert into numbered values (1, 'b', 'x,z'), (2, null, '')");
    expect(await db.diff('numbered', before, await db.snapshot('numbered'))).toEqual([
      'INSERT|1|2|5',
      'INSERT|2|NULL|0',
    ]);
  });

  it('shows moved keys and swapped unique values', async () => {
    await db.run('create table moved (id int primary key, u int unique)', 'insert into moved values (1, 10), (2, 20)');
    const before = await db.snapshot('moved');
    await db.run(
      'update moved set id = 3 where id = 1',
      'delete from moved where id = 2',
      'insert into moved values (4, 20)',
    );
    expect(await db.diff('moved', before, await db.snapshot('moved'))).toEqual([
      'DELETE|1|10',
      'DELETE|2|20',
      'INSERT|3|10',
      'INSERT|4|20',
    ]);
  });

  describe('after a change of schema', () => {
    /** A table `t` of its own with the rows (1, 'a', 1) and (2, 'b', 2). */
    const changed = async (table: string, ...statements: string[]): Promise<[string, string, string]> => {
      await db.run(`create table ${table} (id int primary key, v varchar(20), u int)`);
      await db.run(`insert into ${table} values (1, 'a', 1), (2, 'b', 2)`);
      const before = await db.snapshot(table);
      await db.run(...statements);
      return [table, before, await db.snapshot(table)];
    };

    it('ADD COLUMN: works, with the default in rows that did not change', async () => {
      const change = await changed(
        'added',
        'alter table added add column w int default 7',
        'update added set u = 9 where id = 1',
      );
      expect(await db.diff(...change)).toEqual(['UPDATE|1|a|9|7']);
    });

    it('RENAME COLUMN: tells insertions only', async () => {
      const change = await changed(
        'renamed',
        'alter table renamed rename column u to uu',
        "insert into renamed values (3, 'c', 3)",
      );
      expect(await db.diff(...change)).toEqual(['INSERT|3|c|3']);
      await db.run('delete from renamed where id = 1');
      const later = await db.snapshot('renamed');
      await expect(db.diff('renamed', change[1], later)).rejects.toMatchObject({ errno: 20301 });
    });

    it('CREATE INDEX: works', async () => {
      const change = await changed('indexed', 'create index ix on indexed (u)', 'delete from indexed where id = 1');
      expect(await db.diff(...change)).toEqual(['DELETE|1|a|1']);
    });

    it('RENAME TABLE: works between the two names, not under the new one alone', async () => {
      const [, before] = await changed('old_name');
      await db.run('rename table old_name to new_name', "insert into new_name values (3, 'c', 3)");
      const after = await db.snapshot('new_name');
      const against = `data branch diff new_name{snapshot='${after}'} against`;
      expect(await db.sorted(`${against} old_name{snapshot='${before}'}`)).toEqual(['new_name|INSERT|3|c|3']);
      await expect(db.run(`${against} new_name{snapshot='${before}'}`)).rejects.toThrow(
        'table "new_name" does not exist',
      );
    });

    it.each([
      ['drop column v', "base column 'v' is not present in target schema"],
      ['modify u bigint', "column 'u' exists in both schemas but has different types"],
      ['modify v varchar(30)', "column 'v' has different type attributes"],
    ])('%s: refuses', async (change, message) => {
      const table = `refused_${randomBytes(3).toString('hex')}`;
      const ends = await changed(table, `alter table ${table} ${change}`);
      await expect(db.diff(...ends)).rejects.toMatchObject({
        errno: 20101,
        message: expect.stringContaining(message) as string,
      });
    });

    const again = "values (1, 'a', 1), (2, 'B', 2), (3, 'c', 3)";
    const columns = '(id int primary key, v varchar(20), u int)';
    it.each([
      ['TRUNCATE', (t: string) => [`truncate table ${t}`, `insert into ${t} ${again}`]],
      [
        'DROP and CREATE',
        (t: string) => [`drop table ${t}`, `create table ${t} ${columns}`, `insert into ${t} ${again}`],
      ],
      [
        'a table renamed over it',
        (t: string) => [
          `create table ${t}_n ${columns}`,
          `insert into ${t}_n ${again}`,
          `rename table ${t} to ${t}_o, ${t}_n to ${t}`,
        ],
      ],
    ])('trap: after %s every row that differs comes as INSERT, deleted ones included', async (_, statements) => {
      const table = `anew_${randomBytes(3).toString('hex')}`;
      const ends = await changed(table, `delete from ${table} where id = 9`, ...statements(table));
      expect(await db.diff(...ends)).toEqual(['INSERT|2|B|2', 'INSERT|2|b|2', 'INSERT|3|c|3']);
      expect(await relId(table)).not.toEqual(await relId(table, ends[1]));
    });

    it('TRUNCATE after an ALTER that did more than add columns: refuses', async () => {
      const [table, , before] = await changed('legacy', 'alter table legacy drop column v');
      await db.run('truncate table legacy', 'insert into legacy values (2, 2)');
      await expect(db.diff(table, before, await db.snapshot(table))).rejects.toThrow('lineage metadata is missing');
    });

    const relId = (table: string, snapshot?: string): Promise<string[]> =>
      db.sorted(
        `select rel_id from mo_catalog.mo_tables${snapshot === undefined ? '' : `{snapshot='${snapshot}'}`}
         where reldatabase = '${db.name}' and relname = '${table}'`,
      );
  });

  it('is what a model of random changes says', async () => {
    const table = new RandomTable(db, 'modelled');
    await table.create();
    const cuts = [{ snapshot: await db.snapshot('modelled'), rows: table.rows() }];
    for (let round = 0; round < 40; round++) {
      await table.change(1 + (round % 12));
      cuts.push({ snapshot: await db.snapshot('modelled'), rows: table.rows() });
      const from = cuts[Math.floor(Math.random() * (cuts.length - 1))];
      const to = cuts.at(-1);
      if (from === undefined || to === undefined) throw new Error('unreachable');
      const expected = RandomTable.difference(from.rows, to.rows);
      expect(await db.diff('modelled', from.snapshot, to.snapshot)).toEqual(expected);
      expect(await db.sorted(`select * from modelled{snapshot='${from.snapshot}'}`)).toEqual(
        RandomTable.lines(from.rows),
      );
      if (cuts.length > 6) await db.dropSnapshot(cuts.splice(Math.floor(Math.random() * 5), 1)[0]?.snapshot ?? '');
    }
  });

  it('sees whole transactions of several writers, over all tables', async () => {
    const accounts = Array.from({ length: 20 }, (_, i) => `(${i}, 100)`).join(', ');
    for (const table of ['left_side', 'right_side']) {
      await db.run(`create table ${table} (id int primary key, v int)`, `insert into ${table} values ${accounts}`);
    }
    let writing = true;
    const write = async (seed: number): Promise<void> => {
      const client = db.another();
      for (let i = seed; writing; i += 3) {
        await client.run(
          'begin',
          `update ${db.name}.left_side set v = v - 1 where id = ${i % 20}`,
          `update ${db.name}.right_side set v = v + 1 where id = ${i % 20}`,
          i % 5 === 0 ? 'rollback' : 'commit',
        );
      }
      client.close();
    };
    const writers = [write(0), write(1), write(2)];
    try {
      for (let i = 0; i < 15; i++) {
        const at = await db.snapshot(undefined);
        const sum = async (table: string): Promise<number> =>
          db.number(`select sum(v) from ${table}{snapshot='${at}'}`);
        expect((await sum('left_side')) + (await sum('right_side'))).toBe(4_000);
      }
    } finally {
      writing = false;
      await Promise.all(writers);
    }
  });
});
