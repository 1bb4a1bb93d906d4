import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { matrixoneDialect } from '../../../lib/matrixone/sink/matrixone-dialect.ts';
import { MATRIXONE_SETTINGS } from '../../../lib/matrixone/server/settings.ts';
import { sinkErrors, sourceErrors, type ToError } from '../../../lib/wire/end-errors.ts';
import { classifyMysql } from '../../../lib/wire/error-class.ts';
import { mysqlDialect } from '../../../lib/mysql/mysql-dialect.ts';
import { misfits, SessionSettings, setStatement, type Setting } from '../../../lib/wire/session-settings.ts';
import { ConnectionPool } from '../../../lib/wire/connection-pool.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { errorPacket, FakeServer, okPacket, rowsAnswer } from '../../support/fake-server.ts';

const ENDS: readonly (readonly [string, readonly Setting[]])[] = [
  ['a MySQL sink', mysqlDialect.settings],
  ['a MatrixOne sink', matrixoneDialect.settings],
  ['a MatrixOne source', MATRIXONE_SETTINGS],
];

let server: FakeServer | undefined;
let pool: ConnectionPool | undefined;
afterEach(async () => {
  await pool?.close();
  server?.stop();
});

interface Behaviour {
  readonly heeds?: (name: string) => boolean;
  readonly refuses?: (name: string) => boolean;
  readonly toError?: ToError;
}

/** A server with these variables, which heeds a SET of those it `heeds`. */
async function start(
  variables: ReadonlyMap<string, string>,
  settings: readonly Setting[],
  { heeds = () => true, refuses = () => false, toError = sinkErrors(classifyMysql) }: Behaviour = {},
): Promise<string[]> {
  const statements: string[] = [];
  server = await FakeServer.start(async (client) => {
    const session = new Map(variables);
    await client.welcome();
    for (let sql = await client.statement(); sql !== undefined; sql = await client.statement()) {
      statements.push(sql);
      const assigned = [...sql.matchAll(/(\w+) = (?:'([^']*)'|(\d+))/gu)].map((m) => [m[1] ?? '', m[2] ?? m[3] ?? '']);
      const unknown = assigned.find(([name = '']) => refuses(name) || !session.has(name));
      if (sql.startsWith('set ') && unknown !== undefined) {
        client.send(errorPacket(1193, `Unknown system variable '${unknown[0] ?? ''}'`));
      } else if (sql.startsWith('set ')) {
        for (const [name = '', value = ''] of assigned) if (heeds(name)) session.set(name, value);
        client.send(okPacket());
      } else if (sql.startsWith('show variables')) {
        const shown = [...session].filter(([name]) => sql.includes(`'${name}'`));
        client.send(...rowsAnswer(['Variable_name', 'Value'], shown));
      } else {
        client.send(...rowsAnswer(['1'], [['1']]));
      }
    }
  });
  const address = parseDatabaseUri(`mysql://u:p@127.0.0.1:${server.port}?tls=disabled`);
  const options = { address, settings: new SessionSettings(settings, toError), toError };
  pool = new ConnectionPool(options, new AbortController().signal);
  return statements;
}

const use = async (): Promise<string> => {
  const session = await pool?.acquire();
  const { rows } = (await session?.query('select 1')) ?? { rows: [] };
  return String(rows[0]?.[0]);
};
const usual = (settings: readonly Setting[]): Map<string, string> =>
  new Map(settings.map(({ name, value }) => [name, String(value)]));
const other = (settings: readonly Setting[]): Map<string, string> =>
  new Map(settings.map(({ name }) => [name, 'something else']));

describe.each(ENDS)('a session of %s', (_, settings) => {
  test('takes two round trips before its first statement', async () => {
    const statements = await start(usual(settings), settings);
    expect([await use(), await use()]).toEqual(['1', '1']);
    expect(statements).toHaveLength(6);
    expect(statements[0]).toMatch(/^set /u);
    expect(statements[1]).toMatch(/^show variables/u);
  });

  test('is made what it has to be, whatever the server is set to; the next one is so at once', async () => {
    const statements = await start(other(settings), settings);
    expect([await use(), await use()]).toEqual(['1', '1']);
    expect(statements.slice(-3).map((sql) => sql.split(' ')[0])).toEqual(['set', 'show', 'select']);
    expect(statements.length).toBeLessThanOrEqual(8);
  });

  test('may be of a server that lacks what not every one knows', async () => {
    await start(usual(settings.filter(({ whereKnown }) => whereKnown !== true)), settings);
    expect(await use()).toBe('1');
  });

  test('is refused, by name and before any statement, where one value stays another', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...settings.map(({ name }) => name)), async (stubborn) => {
        const statements = await start(other(settings), settings, { heeds: (name) => name !== stubborn });
        await expect(use()).rejects.toMatchObject({
          code: 'SINK_SETTINGS',
          retry: false,
          message: expect.stringContaining(`${stubborn} is 'something else' instead of '`) as string,
        });
        expect(statements.filter((sql) => !/^(?:set|show variables) /u.test(sql))).toEqual([]);
        await pool?.close();
        server?.stop();
      }),
      { numRuns: 30 },
    );
  }, 30_000);

  test('is not given what it has more than enough of, which not everybody may set', async () => {
    const enough = settings.filter(({ atLeast }) => atLeast === true);
    const more = enough.map(({ name, value }) => [name, String(Number(value) + 1)] as const);
    const isOf = (name: string): boolean => enough.some((setting) => setting.name === name);
    await start(new Map([...usual(settings), ...more]), settings, { refuses: isOf });
    expect(await use()).toBe('1');
  });

  test('is refused where it may not set a value, or the server shows nothing', async () => {
    const [first] = settings;
    const toError = sourceErrors(classifyMysql);
    await start(usual(settings), settings, { refuses: (name) => name === first?.name, toError });
    await expect(use()).rejects.toMatchObject({ code: 'SOURCE_SETTINGS' });
    await pool?.close();
    server?.stop();
    await start(new Map(), settings, { refuses: () => false });
    await expect(use()).rejects.toMatchObject({ code: 'SINK_SETTINGS' });
  });
});

test('a login that is refused, and a server that goes away, are what they are', async () => {
  for (const [packet, code] of [
    [errorPacket(1045, 'Access denied'), 'SINK_ACCESS_DENIED'],
    [errorPacket(1040, 'Too many connections'), 'SINK_UNREACHABLE'],
  ] as const) {
    server = await FakeServer.start(async (client) => {
      client.greet();
      await client.packet();
      client.send(packet);
    });
    const toError = sinkErrors(classifyMysql);
    const address = parseDatabaseUri(`mysql://u:p@127.0.0.1:${server.port}?tls=disabled`);
    const settings = new SessionSettings(mysqlDialect.settings, toError);
    pool = new ConnectionPool({ address, settings, toError }, new AbortController().signal);
    await expect(pool.acquire()).rejects.toMatchObject({ code });
    await pool.close();
    server.stop();
  }
});

test('what is set says the same in every character set and SQL mode', () => {
  for (const [, settings] of ENDS) {
    // Printable ASCII without backslash and double quotes, and every text in quotes that hold none.
    expect(setStatement(settings)).toMatch(/^set (?:\w+ = (?:'[ !#-&(-[\]-~]*'|\d+)(?:, |$))+$/u);
  }
});

test('values that a server shows in its own way are the same', () => {
  const settings = [
    { name: 'a', value: 1 },
    { name: 'b', value: 0 },
    { name: 'c', value: 'X,Y' },
  ];
  const shown = new Map([
    ['a', 'ON'],
    ['b', 'off'],
    ['c', 'y,x'],
  ]);
  expect(misfits(settings, shown)).toEqual([]);
  expect(misfits(settings, new Map([...shown, ['c', 'y,x,NO_BACKSLASH_ESCAPES']])).map(({ name }) => name)).toEqual([
    'c',
  ]);
});
