import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CdcError } from '../../../lib/errors.ts';
import { declaredSchema } from '../../support/declared/declared-table.ts';
import { DatabaseSink } from '../../../lib/sink/database-sink.ts';
import { mysqlDialect } from '../../../lib/mysql/mysql-dialect.ts';
import type { SinkTable } from '../../../lib/replication/endpoints/sink-tables.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { SqlClient } from '../../support/sql-client.ts';

const database = `cdc_shapes_${randomBytes(4).toString('hex')}`;
/** As many texts as InnoDB can keep apart, with some place for the rest. */
const MOST_TEXTS = 180;

let servers: TestServers;
let client: SqlClient;
let sink: DatabaseSink;
beforeAll(async () => {
  servers = await testServers();
  client = new SqlClient(servers.mysqlSinkUri);
  sink = new DatabaseSink({
    address: parseDatabaseUri(servers.mysqlSinkUri),
    dialect: mysqlDialect,
    taskId: database,
    database: `${database}_books`,
    signal: new AbortController().signal,
  });
  await sink.takeOver(1);
});
afterAll(async () => {
  await sink.close();
  await client.run(`drop database if exists ${database}`, `drop database if exists ${database}_books`);
  client.close();
  await servers.stop();
});

/** As SHOW CREATE TABLE of MatrixOne has it, with the key `id`. */
function tableOf(table: string, columns: readonly string[], indexes: readonly string[] = []): SinkTable {
  const lines = ['`id` int NOT NULL', ...columns, 'PRIMARY KEY (`id`)', ...indexes];
  const name = { database, table };
  return { name, schema: declaredSchema(name, '1', `CREATE TABLE \`t\` (\n  ${lines.join(',\n  ')}\n)`) };
}

const refusal = async (table: SinkTable): Promise<unknown> =>
  sink.createTable(table).then(
    () => undefined,
    (error: unknown) => error,
  );

const codeOf = (error: unknown): string | undefined => (error instanceof CdcError ? error.code : undefined);

/** A column's type, and the longest value that it takes. */
const TEXTS = fc.oneof(
  fc.integer({ min: 1, max: 16_000 }).map((length) => ({ type: `varchar(${length})`, bytes: 4 * length })),
  fc.integer({ min: 1, max: 80 }).map((length) => ({ type: `varchar(${length})`, bytes: 4 * length })),
  fc.integer({ min: 1, max: 255 }).map((length) => ({ type: `char(${length})`, bytes: 4 * length })),
  fc.integer({ min: 1, max: 60_000 }).map((length) => ({ type: `varbinary(${length})`, bytes: length })),
  fc.integer({ min: 1, max: 255 }).map((length) => ({ type: `binary(${length})`, bytes: length })),
);

describe('a table of many long columns', () => {
  it('is one that InnoDB takes, and takes the longest values of each', async () => {
    let made = 0;
    const shape = fc.tuple(TEXTS, fc.array(TEXTS, { maxLength: 3 }), fc.integer({ min: 1, max: MOST_TEXTS }));
    await fc.assert(
      fc.asyncProperty(shape, async ([first, others, count]) => {
        const kinds = [first, ...others];
        const columns = Array.from({ length: count }, (_, i) => kinds[i % kinds.length] ?? first);
        const table = tableOf(
          `wide_${++made}`,
          columns.map(({ type }, i) => `\`c${i}\` ${type} DEFAULT NULL`),
        );
        await sink.createTable(table);
        const values = columns.map(({ type, bytes }) =>
          /char/u.test(type) ? `repeat('🐤', ${bytes / 4})` : `repeat('x', ${bytes})`,
        );
        const name = `${database}.wide_${made}`;
        await client.run('set names utf8mb4', `insert into ${name} values (1, ${values.join(', ')})`);
        const lengths = columns.map((_, i) => `length(c${i})`).join(' + ');
        const total = columns.reduce((sum, { bytes }) => sum + bytes, 0);
        expect(await client.number(`select ${lengths} from ${name}`)).toBe(total);
        await client.run(`drop table ${name}`);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps its indexes where it can', async () => {
    const columns = Array.from({ length: 150 }, (_, i) => `\`c${i}\` varchar(50) DEFAULT NULL`);
    await sink.createTable(tableOf('indexed', columns, ['KEY `k` (`c7`)']));
    const types = await client.sorted(
      `select data_type, count(*) from information_schema.columns
       where table_schema = '${database}' and table_name = 'indexed' group by 1`,
    );
    expect(types).toEqual(['int|1', 'longtext|149', 'varchar|1']);
  });
});

const keyedBy = (type: string): SinkTable => {
  const name = { database, table: 't' };
  return {
    name,
    schema: declaredSchema(name, '1', `CREATE TABLE \`t\` (\`k\` ${type} NOT NULL, PRIMARY KEY (\`k\`))`),
  };
};

describe('a table that MySQL and MariaDB cannot have is refused as such', () => {
  const REFUSED: Record<string, SinkTable> = {
    '4,000 columns': tableOf(
      't',
      Array.from({ length: 4_000 }, (_, i) => `\`c${i}\` int DEFAULT NULL`),
    ),
    'more columns than InnoDB has': tableOf(
      't',
      Array.from({ length: 1_050 }, (_, i) => `\`c${i}\` int DEFAULT NULL`),
    ),
    'too long a row': tableOf(
      't',
      Array.from({ length: 900 }, (_, i) => `\`c${i}\` text DEFAULT NULL`),
    ),
    'too long a key': keyedBy('varchar(1000)'),
    'an emoji in the name of a table': tableOf('🐤', ['`n` int DEFAULT NULL']),
    'an emoji in the name of a column': tableOf('t', ['`n🐤` int DEFAULT NULL']),
    'a space at the end of a name': tableOf('t', ['`n ` int DEFAULT NULL']),
    'too long a name': tableOf('é'.repeat(65), ['`n` int DEFAULT NULL']),
  };

  it.each(Object.entries(REFUSED))('%s', async (_, table) => {
    expect(await refusal(table)).toMatchObject({ code: 'SINK_TABLE_UNSUPPORTED', retry: false });
    // Also before there is a task, with the table's name.
    const { database: db, table: name } = table.name;
    expect(await sink.check([table], 'refuse')).toMatchObject([
      { code: 'SINK_TABLE_UNSUPPORTED', found: expect.stringContaining(`${db}.${name}`) as string },
    ]);
  });

  it('but not an index that it cannot have', async () => {
    await sink.createTable(tableOf('u', ['`n` int DEFAULT NULL'], ['KEY `🐤` (`n`)', 'KEY `k` (`n`)']));
    expect(
      await client.sorted(`select distinct index_name from information_schema.statistics
      where table_schema = '${database}' and table_name = 'u'`),
    ).toEqual(['PRIMARY', 'k']);
  });

  it('also when the column comes later', async () => {
    const before = tableOf('v', ['`n` int DEFAULT NULL']);
    await sink.createTable(before);
    const after = tableOf('v', ['`n` int DEFAULT NULL', '`🐤` int DEFAULT NULL']);
    await expect(sink.alterTable(after, before.schema, 'changed')).rejects.toMatchObject({
      code: 'SINK_TABLE_UNSUPPORTED',
    });
  });
});

describe('names of 64 characters', () => {
  const named = (letter: string, length = 64): { quoted: string; table: SinkTable } => {
    const name = letter.repeat(length);
    const quoted = `\`${name.replaceAll('`', '``')}\``;
    return { quoted, table: tableOf(name, [`${quoted} int DEFAULT NULL`], [`KEY ${quoted} (${quoted})`]) };
  };

  it.each(['a', '7', 'é', 'ß', 'Ж', 'ω'])('of %s are those of the sink table', async (letter) => {
    const { quoted, table } = named(letter);
    await sink.createTable(table);
    const name = `${database}.${quoted}`;
    await client.run(`insert into ${name} (${quoted}, id) values (2, 1)`);
    expect(await client.sorted(`select id, ${quoted} from ${name} force index (${quoted})`)).toEqual(['1|2']);
  });

  it.each(['א', 'ع', 'न', 'ไ', '表', '한', 'か', '%', "'", '"', '`', '$', '/', '.'])(
    'of %s are those of columns, and of tables up to 50',
    async (letter) => {
      await sink.createTable(tableOf('w', [`\`${letter.repeat(64)}\` int DEFAULT NULL`]));
      await client.run(`drop table ${database}.w`);
      await sink.createTable(named(letter, 50).table);
      // MySQL, and file systems with longer names, may take it.
      expect([undefined, 'SINK_TABLE_UNSUPPORTED']).toContain(codeOf(await refusal(named(letter).table)));
    },
  );
});
