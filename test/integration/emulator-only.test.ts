import { Readable } from 'node:stream';
import { createConnection, type Connection } from 'mysql2';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMariaDb, type MariaDbServer } from '../../localstack/mariadb.ts';
import { startEmulator, type Emulator } from '../support/emulator/emulator.ts';
import { MatrixOneProbe } from '../support/matrixone-probe.ts';
import { SqlClient } from '../support/sql-client.ts';

/** How the emulator makes mistakes visible, and that it stays out of the way otherwise. */
describe('the emulator', () => {
  let dir: string;
  let mariadb: MariaDbServer;
  let emulator: Emulator;
  let db: MatrixOneProbe;
  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'emulator-'));
    mariadb = await startMariaDb({ dir });
    const address = { host: '127.0.0.1', port: mariadb.port, user: 'root', password: mariadb.rootPassword };
    emulator = await startEmulator({ mariadb: address, snapshotQuota: 8 });
    db = await MatrixOneProbe.open(uri(), 'emu_only');
  });
  afterAll(async () => {
    await db.drop();
    await emulator.stop();
    await mariadb.stop();
    await rm(dir, { recursive: true });
  });

  const uri = (user = 'root', password = '111'): string => `mysql://${user}:${password}@127.0.0.1:${emulator.port}`;

  const connect = (): Connection => {
    const multipleStatements = true;
    return createConnection({
      host: '127.0.0.1',
      port: emulator.port,
      user: 'root',
      password: '111',
      multipleStatements,
    });
  };

  const load = (table: string, lines: Iterable<string>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const connection = connect();
      connection.query(
        {
          sql: `load data local infile 'x' into table emu_only.${table}`,
          infileStreamFactory: () => Readable.from(buffers(lines)),
        },
        (error: Error | null, result: unknown) => {
          connection.destroy();
          if (error === null) resolve(result);
          else reject(error);
        },
      );
    });

  describe('LOAD DATA LOCAL', () => {
    it('complains of keys that MatrixOne would have duplicated', async () => {
      await db.run('create table loaded (id int primary key, v varchar(3))');
      await load('loaded', ['1\ta\n2\tb\n']);
      await expect(load('loaded', ['2\tb\n3\tc\n'])).rejects.toThrow('LOAD DATA would have duplicated 1 keys');
      await expect(load('loaded', ['8\ttoo long\n'])).rejects.toThrow('LOAD DATA had 1 warnings');
    });

    it('takes more than a sequence number counts', async () => {
      await db.run('create table many (id int primary key, v varchar(100))');
      const lines = function* (): Generator<string> {
        for (let i = 0; i < 200_000; i++) yield `${i}\t${'x'.repeat(80)}\n`;
      };
      await load('many', lines());
      expect(await db.number('select count(*) from many')).toBe(200_000);
      const before = await db.snapshot('many');
      await db.run('update many set v = null where id % 1000 = 0');
      const after = await db.snapshot('many');
      expect(await db.diff('many', before, after)).toHaveLength(200);
      expect(await db.number(`select sum(length(v)) from many{snapshot='${before}'}`)).toBe(16_000_000);
    });
  });

  it('passes statements and rows of more than 16 MiB', async () => {
    await db.run('create table wide (id int primary key, v longblob)');
    const bytes = 'x'.repeat(20 * 1024 * 1024);
    await db.run(`insert into wide values (1, '${bytes}')`);
    const [row] = await db.query('select v from wide');
    expect(row?.[0]?.length).toBe(bytes.length);
    const before = await db.snapshot('wide');
    await db.run(`update wide set v = concat(v, 'y')`);
    const [change] = await db.query(`data branch diff wide against wide{snapshot='${before}'}`);
    expect(change?.at(-1)?.length).toBe(bytes.length + 1);
  });

  it('leaves alone what only looks like a hint', async () => {
    const text = `"{snapshot='none'} version() data branch diff t"`;
    expect(await db.sorted(`select ${text} /* {snapshot='x'} */`)).toEqual([text.slice(1, -1)]);
  });

  it('rewrites each statement of a query', async () => {
    const connection = connect();
    const result = await new Promise((resolve, reject) => {
      connection.query({ sql: 'select 1; select version() v; select 2', rowsAsArray: true }, (error, rows) => {
        if (error === null) resolve(rows);
        else reject(error);
      });
    });
    connection.destroy();
    expect(result).toEqual([[[1]], [['8.0.30-MatrixOne-v4.2.0']], [[2]]]);
  });

  it.each([
    'data branch create table a from b',
    'select * from t{MO_TS = 12345}',
    'restore account sys from snapshot s',
    "create cdc 't' 'x' 'matrixone' 'y' 'a.b:a.b' {}",
    'create snapshot s for table a b; select 1; create snapshot s2 for table a b',
  ])('refuses %s', async (sql) => {
    const client = connect();
    const failed = new Promise((resolve) => client.query(sql, resolve));
    await expect(failed).resolves.toMatchObject({
      message: expect.stringContaining('emulator: not supported') as string,
    });
    client.destroy();
  });

  // MariaDB alters in place what it can: before 11.5 it could be told by a setting not to, which newer ones ignore.
  it.each([
    'alter table altered add column x int default 7',
    'alter table altered add column x int first',
    'alter table altered drop column v',
    'alter table altered rename column v to w',
    'alter table altered modify v varchar(30)',
    'alter table altered alter v set default 5',
    "alter table altered comment = 'other'",
    'alter table altered add key (v), add column y int',
    'create index i on altered (v)',
    'drop index old on altered',
  ])('makes another table, whatever the server would do by itself: %s', async (sql) => {
    await db.run("set alter_algorithm = 'DEFAULT'", 'create table altered (id int primary key, v int, key old (v))');
    const id = (): Promise<number> => db.number("select rel_id from mo_catalog.mo_tables where relname = 'altered'");
    const before = await id();
    await db.run(sql);
    expect(await id()).not.toBe(before);
    await db.run('drop table altered');
  });

  it('does not read a table beyond what a snapshot covers', async () => {
    await db.run('create table covered (id int primary key)', 'create table uncovered (id int primary key)');
    const snapshot = await db.snapshot('covered');
    await expect(db.run(`select * from uncovered{snapshot='${snapshot}'}`)).rejects.toThrow('does not cover');
  });

  it('limits snapshots when told to', async () => {
    await db.run('create table limited (id int primary key)');
    const make = async (): Promise<void> => {
      for (let i = 0; i < 9; i++) await db.snapshot('limited');
    };
    await expect(make()).rejects.toThrow('feature SNAPSHOT with scope table has reached the limit of 8');
  });

  it('knows users and their rights', async () => {
    await db.run("create user emu_plain@'%' identified by 'pw'", "grant select on emu_only.* to emu_plain@'%'");
    await db.run('create table granted (id int primary key)', 'insert into granted values (1)');
    const login = (user: string, password: string): Promise<unknown> => {
      const client = new SqlClient(uri(user, password));
      return client.query('select 1').finally(() => {
        client.close();
      });
    };
    await expect(login('root', 'wrong')).rejects.toMatchObject({ errno: 1045 });
    await expect(login('emu_nobody', 'x')).rejects.toMatchObject({
      errno: 20101,
      message: expect.stringContaining('there is no user') as string,
    });
    await expect(login('sys:root', '111')).resolves.toBeDefined();
    const plain = new SqlClient(uri('emu_plain', 'pw'));
    await expect(plain.run('create snapshot emu_s for table emu_only granted')).rejects.toThrow(
      'do not have privilege',
    );
    plain.close();
  });
});

const buffers = function* (lines: Iterable<string>): Generator<Buffer> {
  for (const line of lines) yield Buffer.from(line);
};
