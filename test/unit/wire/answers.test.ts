import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CdcError } from '../../../lib/errors.ts';
import { sinkErrors } from '../../../lib/wire/end-errors.ts';
import { classifyMysql } from '../../../lib/wire/error-class.ts';
import { Connection } from '../../../lib/wire/connection.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import {
  columnPacket,
  eofPacket,
  errorPacket,
  type FakeClient,
  FakeServer,
  okPacket,
  rowPacket,
  rowsAnswer,
} from '../../support/fake-server.ts';

const MIB = 1024 * 1024;

let server: FakeServer;
/** What the server does about a statement. */
let answer: (client: FakeClient, sql: string) => Promise<void> | void;
const strays: unknown[] = [];
const note = (error: unknown): void => {
  strays.push(error);
};
beforeEach(async () => {
  strays.length = 0;
  process.on('uncaughtExceptionMonitor', note);
  server = await FakeServer.start(async (client) => {
    await client.welcome();
    for (let sql = await client.statement(); sql !== undefined; sql = await client.statement()) {
      await answer(client, sql);
    }
  });
});
afterEach(() => {
  server.stop();
  process.off('uncaughtExceptionMonitor', note);
  expect(strays).toEqual([]);
});

const open = (): Connection =>
  Connection.connect({
    address: parseDatabaseUri(`mysql://app:pw@127.0.0.1:${server.port}?tls=disabled`),
    toError: sinkErrors(classifyMysql),
  });

async function* pieces(): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from('1\n'));
}

/** The three ways to send a statement. */
const CALLS: readonly (readonly [string, (session: Connection) => Promise<unknown>])[] = [
  ['query', (session) => session.query('select 1')],
  [
    'stream',
    async (session) => {
      const rows: unknown[] = [];
      for await (const block of session.stream('select 1')) rows.push(...block);
      return rows;
    },
  ],
  ['load', (session) => session.load("load data local infile 'x' into table t", pieces())],
];

/** What the call comes to; the code of its error. Every answer has to come to something in time. */
async function outcome(call: (session: Connection) => Promise<unknown>): Promise<string> {
  const session = open();
  try {
    await call(session);
    return 'done';
  } catch (error) {
    if (error instanceof CdcError) return error.code;
    throw error;
  } finally {
    session.destroy();
  }
}

const SURPRISES: readonly (readonly [string, readonly Buffer[]])[] = [
  ['two results without rows', [okPacket({ more: true }), okPacket()]],
  ['two results with rows', [...rowsAnswer(['a'], [['1']], true), ...rowsAnswer(['b'], [['2']])]],
  ['rows, then none, as CALL does', [...rowsAnswer(['a'], [['1']], true), okPacket()]],
  ['rows after none', [okPacket({ more: true }), ...rowsAnswer(['a'], [['1']])]],
  ['more columns than announced', [Buffer.from([1]), columnPacket('a'), columnPacket('b')]],
  ['too many columns', [Buffer.from([0xfd, 0xff, 0xff, 0xff])]],
  ['no number of columns', [Buffer.from([0xfd, 1])]],
  ['nothing', [Buffer.alloc(0)]],
  ['a column that is cut', [Buffer.from([1]), columnPacket('a').subarray(0, 12)]],
  ['a column of nothing', [Buffer.from([1]), Buffer.alloc(0)]],
  ['a row that is cut', [Buffer.from([1]), columnPacket('a'), eofPacket(), Buffer.from([9, 65])]],
  ['a row with a value too many', [Buffer.from([1]), columnPacket('a'), eofPacket(), rowPacket('1', '2')]],
  ['a row with a value too few', [Buffer.from([2]), columnPacket('a'), columnPacket('b'), eofPacket(), rowPacket('1')]],
  [
    'a row of a length beyond all',
    [Buffer.from([1]), columnPacket('a'), eofPacket(), Buffer.from([0xfe, ...Array<number>(8).fill(0xff)])],
  ],
  ['a row without an end of columns', [Buffer.from([1]), columnPacket('a'), rowPacket('1')]],
  ['an OK that is cut', [Buffer.from([0, 0])]],
];

describe.each(CALLS)('%s: an answer of', (name, call) => {
  test.each(SURPRISES)('%s is an error of the call', async (_, packets) => {
    answer = (client) => {
      client.send(...packets);
    };
    expect(await outcome(call)).toBe('SINK_ANSWER');
  });

  test('packets out of order is an error of the call', async () => {
    answer = async (client) => {
      await client.raw(Buffer.from([7, 0, 0, 9, ...okPacket()]));
    };
    expect(await outcome(call)).toBe('SINK_ANSWER');
  });

  test('an error goes by what it says', async () => {
    answer = (client) => {
      client.send(errorPacket(1146, 'no such table'));
    };
    expect(await outcome(call)).toBe('SINK_TABLE_MISSING');
    answer = (client) => {
      client.send(Buffer.from([1]), columnPacket('a'), eofPacket(), rowPacket('1'), errorPacket(1317, 'interrupted'));
    };
    expect(await outcome(call)).toBe('SINK_ERROR');
  });

  test('a file that is asked for goes to whoever offered one, once', async () => {
    answer = async (client) => {
      client.send(Buffer.concat([Buffer.from([0xfb]), Buffer.from('/etc/passwd')]));
      while ((await client.packet())?.length !== 0) if (server.connections > 1) return;
      client.send(okPacket({ affected: 1 }));
    };
    expect(await outcome(call)).toBe(name === 'load' ? 'done' : 'SINK_ANSWER');
    answer = async (client) => {
      const wanted = Buffer.concat([Buffer.from([0xfb]), Buffer.from('/etc/passwd')]);
      client.send(wanted);
      while ((await client.packet())?.length !== 0) if (name !== 'load') return;
      client.send(okPacket({ more: true }), wanted);
    };
    expect(await outcome(call)).toBe('SINK_ANSWER');
    expect(server.received.includes('root:')).toBe(false);
  });

  test('any bytes comes to an end, and to an error or rows that were sent', async () => {
    const byte = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 0xfb, 0xfc, 0xfd, 0xfe, 0xff));
    const payload = fc.oneof(
      fc.array(byte, { maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(...SURPRISES.flatMap(([, packets]) => packets), eofPacket(true)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(payload, { minLength: 1, maxLength: 8 }), async (packets) => {
        answer = (client) => {
          client.send(...packets);
          client.end();
        };
        expect(await outcome(call)).toMatch(/^(?:done|SINK_\w+)$/u);
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});

describe('a session at rest', () => {
  test('is lost when the server says something that nobody has asked for', async () => {
    answer = (client) => {
      client.send(...rowsAnswer(['a'], [['1']]), ...rowsAnswer(['a'], [['2']]));
    };
    const session = open();
    await session.query('select 1').catch(() => undefined);
    await expect(session.query('select 1')).rejects.toMatchObject({ code: 'SINK_ANSWER' });
    expect(session.alive).toBe(false);
  });
});

describe('an answer that does not end', () => {
  const endless = (packet: Buffer) => async (client: FakeClient) => {
    client.send(Buffer.from([1]), columnPacket('a'), eofPacket());
    // Sequence numbers begin anew after 256 packets: the same bytes can be sent again and again.
    const { sequence } = client;
    const round = Buffer.concat(
      Array.from({ length: 256 }, (_, i) => {
        const header = Buffer.alloc(4);
        header.writeUIntLE(packet.length, 0, 3);
        header.writeUInt8((sequence + i) & 0xff, 3);
        return Buffer.concat([header, packet]);
      }),
    );
    const many = Buffer.concat(Array.from({ length: Math.ceil(MIB / round.length) }, () => round));
    for (let sent = 0; sent < 4_096; sent += 1) if (!(await client.raw(many))) return;
    expect.fail('4 GB were taken');
  };

  test.each([
    ['of long rows', rowPacket('x'.repeat(60_000))],
    ['of short rows', rowPacket('x')],
  ])(
    '%s is an error before it fills the memory',
    async (_, packet) => {
      answer = endless(packet);
      expect(await outcome((session) => session.query('select a'))).toBe('SINK_ANSWER');
    },
    60_000,
  );

  test('in one row is an error, also of a stream, and before the login', async () => {
    const full = Buffer.concat([Buffer.from([0xff, 0xff, 0xff]), Buffer.from([0])]);
    const row = async (client: FakeClient): Promise<void> => {
      const body = Buffer.alloc(0xff_ff_ff, 'x');
      for (let i = 0; i < 256; i += 1) {
        full.writeUInt8((client.sequence + i) & 0xff, 3);
        if (!(await client.raw(Buffer.from(full))) || !(await client.raw(body))) return;
      }
      expect.fail('4 GB were taken');
    };
    answer = async (client) => {
      client.send(Buffer.from([1]), columnPacket('a'), eofPacket());
      await row(client);
    };
    for (const [, call] of CALLS.slice(0, 2)) expect(await outcome(call)).toBe('SINK_ANSWER');
    server.stop();
    server = await FakeServer.start(row);
    expect(await outcome((session) => session.query('select 1'))).toBe('SINK_ANSWER');
  }, 120_000);
});

test('hundred thousand rows, as of many tables, are held', async () => {
  const name = 'n'.repeat(60);
  answer = (client) => {
    const rows = Array.from({ length: 100_000 }, (_, i) => [name, `${i}`, 'BASE TABLE', name, '']);
    client.send(...rowsAnswer(['a', 'b', 'c', 'd', 'e'], rows));
  };
  const session = open();
  const { rows } = await session.query('select * from mo_tables');
  expect(rows).toHaveLength(100_000);
  expect(rows[99_999]?.map(String)).toEqual([name, '99999', 'BASE TABLE', name, '']);
  session.destroy();
}, 30_000);
