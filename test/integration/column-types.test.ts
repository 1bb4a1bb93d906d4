import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { createConnection } from 'mysql2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rangeCondition } from '../../lib/matrixone/source/rows/key-range.ts';
import { declaredSchema } from '../support/declared/declared-table.ts';
import { matrixoneLiteralOf } from '../../lib/sql/literal.ts';
import { matrixoneHashing } from '../../lib/sql/row-hash.ts';
import { deleteStatements } from '../../lib/sql/statements.ts';
import type { KeyRange } from '../../lib/replication/endpoints/source.ts';
import { parseDatabaseUri } from '../../lib/task/uri/database-uri.ts';
import { MatrixOneProbe } from '../support/matrixone-probe.ts';
import { testServers, type TestServers } from '../support/servers.ts';

/** What the code knows of types and of LOAD DATA, true of MatrixOne itself as of the emulator. */
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

  const load = async (table: string, columns: string, lines: string): Promise<void> => {
    const { host, port, user, password } = parseDatabaseUri(servers.sourceUri);
    const connection = createConnection({ host, port, user, password, database: db.name });
    const sql = `load data local infile 'x' into table ${db.name}.${table} character set binary
      fields terminated by '\\t' escaped by '\\\\' lines terminated by '\\n' (${columns})`;
    await new Promise<void>((resolve, reject) => {
      connection.query(
        { sql, infileStreamFactory: () => Readable.from([Buffer.from(lines)]) },
        (error: Error | null) => {
          if (error === null) resolve();
          else reject(error);
        },
      );
    });
    connection.destroy();
  };

  it('declares types in its own words', async () => {
    const types = [
      ...[
        'uuid',
        'datalink',
        'array(varchar(5))',
        'vecf32(3)',
        'vecbf16(2)',
        'vecuint8(1)',
        'decimal(65,40)',
        'char(9)',
      ],
      ...['geometry', 'geometry srid 4326', 'point32', 'json', "enum('a','7')", 'bit(9)', 'time(6)', 'bool'],
    ];
    await db.run(`create table types (id int primary key, ${types.map((type, i) => `c${i} ${type}`).join(', ')})`);
    const lines = (await db.definition('types')).split('\n').slice(2, -2);
    expect(lines).toEqual(types.map((type, i) => `  \`c${i}\` ${type} DEFAULT NULL,`));
    await db.run('alter table types add column later vecf64(2) after id');
    expect((await db.definition('types')).split('\n')[2]).toBe('  `later` vecf64(2) DEFAULT NULL,');
  });

  it('makes geometries of text and prints them as text, also in a diff', async () => {
    await db.run('create table shapes (id int primary key, g geometry, p point srid 4326)');
    const before = await db.snapshot('shapes');
    await db.run(
      `insert into shapes values (1, st_geomfromtext('POINT(1 2)'), st_geomfromtext('POINT(3 4)', 4326)),
       (2, st_geomfromtext('LINESTRING EMPTY'), null)`,
    );
    expect(await db.sorted('select * from shapes')).toEqual(['1|POINT(1 2)|POINT(3 4)', '2|LINESTRING EMPTY|NULL']);
    const after = await db.snapshot('shapes');
    expect(await db.diff('shapes', before, after)).toEqual([
      'INSERT|1|POINT(1 2)|POINT(3 4)',
      'INSERT|2|LINESTRING EMPTY|NULL',
    ]);
    await load('shapes', 'id, g, p', '3\tPOLYGON EMPTY\tPOINT(5 6)\n');
    expect(await db.sorted('select g, p from shapes where id = 3')).toEqual(['POLYGON EMPTY|POINT(5 6)']);
  });

  it('takes digits for the number of an enum, but not of a set, and nothing for NULL, when it loads', async () => {
    await db.run("create table labels (id int primary key, e enum('x', '3', '1'), s set('b', '1'))");
    await load('labels', 'id, e, s', '1\t3\t1\n2\t\t\n3\tx\tb,1\n4\t2\t0\n');
    expect(await db.sorted('select * from labels')).toEqual(['1|1|1', '2|NULL|NULL', '3|x|b,1', '4|3|']);
  });

  it('does not keep the spaces around JSON that it loads', async () => {
    await db.run('create table documents (id int primary key, j json)');
    await load('documents', 'id, j', '1\t \\"7\\" \n2\t7\n3\t{"a": 1}\n');
    expect(await db.sorted('select j from documents')).toEqual(['"7"', '7', '{"a": 1}']);
  });

  it('keeps the spaces at the end of a CHAR', async () => {
    await db.run('create table padded (id int primary key, c char(5))', "insert into padded values (1, 'x ')");
    expect(await db.sorted("select c from padded where c = 'x '")).toEqual(['x ']);
  });

  it.each([
    ['decimal(65,30)', '-42975318642975318642975318642975318.642975318642975318642975318642'],
    ['decimal(65,30)', '42975318642975318642975318642975318.642975318642975318642975318642'],
    ['decimal(65,10)', '-1234567890123456789012345678901234567.8901234567'],
  ])('finds a key of type %s again, %s', async (type, value) => {
    await db.run('drop table if exists wide', `create table wide (c ${type} primary key)`);
    await db.run(`insert into wide values (${matrixoneLiteralOf(type)(Buffer.from(value))})`);
    const schema = declaredSchema({ database: db.name, table: 'wide' }, '1', await db.definition('wide'));
    const end = [Buffer.from(value)];
    const count = (range: KeyRange): Promise<string[]> =>
      db.sorted(`select count(*) from wide where ${rangeCondition(schema, range)}`);
    expect(await count({ lower: undefined, upper: end })).toEqual(['1']);
    expect(await count({ lower: end, upper: undefined })).toEqual(['0']);
    const row = [Buffer.from(value)];
    await db.run(...deleteStatements('wide', schema, [row], { literalOf: (c) => matrixoneLiteralOf(c.type) }));
    expect(await db.sorted('select * from wide')).toEqual([]);
  });

  it.each([
    ['point32', 'POINT(1 2)', 'POINT(3 4)'],
    ['linestring32', 'LINESTRING(1 2,3 4)', 'LINESTRING(1 2,3 5)'],
    ['multipoint32', 'MULTIPOINT((1 2),(3 4))', 'MULTIPOINT((1 2),(3 5))'],
    ['multilinestring32', 'MULTILINESTRING((1 2,3 4))', 'MULTILINESTRING((1 2,3 5))'],
    ['geometry', 'POINT(1 2)', 'POINT(3 4)'],
  ])('sums up rows with a %s', async (type, value, other) => {
    await db.run('drop table if exists summed', `create table summed (id int primary key, c ${type})`);
    await db.run(`insert into summed values (1, st_geomfromtext('${value}')), (2, null)`);
    const schema = declaredSchema({ database: db.name, table: 'summed' }, '1', await db.definition('summed'));
    const sum = (): Promise<string[]> => db.sorted(matrixoneHashing(schema).checksumQuery('summed', 'true'));
    const before = await sum();
    expect(before[0]).toMatch(/^2\|/u);
    await db.run(`update summed set c = st_geomfromtext('${other}') where id = 1`);
    expect(await sum()).not.toEqual(before);
  });

  it('sums up buckets by the key, also if a column is called as they might be', async () => {
    await db.run(
      'drop table if exists summed',
      'create table summed (id int primary key, bucket int)',
      `insert into summed values ${Array.from({ length: 1_000 }, (_, id) => `(${id * 1_000}, ${id})`).join(', ')}`,
    );
    const schema = declaredSchema({ database: db.name, table: 'summed' }, '1', await db.definition('summed'));
    const sums = await db.sorted(matrixoneHashing(schema).bucketQuery('summed', 'true', 8));
    expect(sums).toHaveLength(8);
    expect(sums.reduce((rows, line) => rows + Number(line.split('|')[1]), 0)).toBe(1_000);
  });
});
