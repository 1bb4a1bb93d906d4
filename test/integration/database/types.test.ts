import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { isCdcError } from '../../../lib/errors.ts';
import { declaredSchema } from '../../support/declared/declared-table.ts';
import type { Row } from '../../../lib/data/change.ts';
import type { SinkTable } from '../../../lib/replication/endpoints/sink-tables.ts';
import type { SinkType } from '../../../lib/task/task.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { type Path, RoundTrip, shown } from '../../support/values/round-trip.ts';
import { TYPE_CASES } from '../../support/values/type-cases.ts';
import type { Bytes, TypeCase } from '../../support/values/type-case.ts';

type Shown = Bytes | null;

const PATHS: readonly Path[] = ['LOAD DATA', 'INSERT'];
const CASES: readonly TypeCase[] = Object.values(TYPE_CASES).flat();

/** The emulator is MariaDB inside, and holds and prints numbers and times as that does. */
const real = inject('servers')?.real === true;
const isMysql = inject('servers')?.mysqlSink === 'MySQL';

describe.each<SinkType>(['matrixone', 'mysql'])('at a %s sink', (sinkType) => {
  let servers: TestServers;
  let trip: RoundTrip;

  beforeAll(async () => {
    servers = await testServers();
    trip = new RoundTrip(servers, sinkType);
    await trip.start();
  });
  afterAll(async () => {
    await trip.stop();
    await servers.stop();
  });

  /** What the sink holds, and what it should, in the form in which the two can be compared. */
  const expectSame = async ({ name }: SinkTable, type: string, expected: readonly Shown[]): Promise<void> => {
    const table = `${name.database}.${name.table}`;
    if (sinkType === 'matrixone') {
      expect(await shown(trip.sinkClient, table)).toEqual(expected);
      return;
    }
    const comparable = asInMysql(type);
    expect((await shown(trip.sinkClient, table)).map(comparable)).toEqual(expected.map(comparable));
  };

  describe.each(CASES)('values of $type arrive as they are', (types) => {
    const edges = [...types.edges, ...(sinkType === 'mysql' && isMysql ? [] : (types.refusedByMysql ?? []))];
    const exotic = [...(types.real ?? []), ...(sinkType === 'matrixone' ? (types.refused ?? []) : [])];

    const carry = async (values: readonly Shown[], printedAlike: boolean): Promise<void> => {
      const source = await trip.newTable(types.type, values);
      const held = await trip.held(source);
      if (printedAlike) expect(held).toEqual(values);
      const loaded = new Map<Path, SinkTable>();
      for (const path of PATHS) {
        const table = await trip.load(source, path);
        loaded.set(path, table);
        await expectSame(table, types.type, held);
      }
      const changed = await trip.change(source, rotated(values));
      expect(await trip.held(source)).toEqual(rotated(held));
      for (const [path, table] of loaded) {
        await trip.apply(changed, table, path, ++windows);
        await expectSame(table, types.type, rotated(held));
      }
    };
    let windows = 0;

    test('in the first copy and in windows, loaded and inserted', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(types.values, { minLength: 20, maxLength: 60 }), async (values) => {
          await carry([null, ...edges, ...values], true);
        }),
        { numRuns: 2, endOnFailure: true },
      );
    });

    test.runIf(real && (exotic.length > 0 || types.realValues !== undefined))(
      'also those that only MatrixOne prints so',
      async () => {
        const values = types.realValues ?? fc.constantFrom(...exotic);
        await fc.assert(
          fc.asyncProperty(fc.array(values, { minLength: 20, maxLength: 60 }), async (some) => {
            await carry([null, ...exotic, ...some], false);
          }),
          { numRuns: 2, endOnFailure: true },
        );
      },
    );
  });

  const refusing = CASES.flatMap(({ type, refused = [], refusedByMysql = [] }) =>
    [...refused, ...(isMysql ? refusedByMysql : [])].map((value) => [type, value] as const),
  );
  test.each(sinkType === 'mysql' ? refusing : [])('a %s of %s is refused rather than bent', async (type, value) => {
    const definition = `CREATE TABLE \`x\` (\n  \`id\` int NOT NULL,\n  \`c\` ${type} DEFAULT NULL,\n  PRIMARY KEY (\`id\`)\n)`;
    const schema = declaredSchema({ database: 'x', table: 'x' }, '1', definition);
    for (const path of PATHS) {
      const failure = await trip.write(schema, path, one([Buffer.from('1'), Buffer.from(value, 'latin1')])).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(isCdcError(failure, 'SINK_ROW_REJECTED')).toBe(true);
    }
  });
});

const rotated = <T>(values: readonly T[]): T[] => [...values.slice(1), ...values.slice(0, 1)];

async function* one(row: Row): AsyncGenerator<Row[]> {
  yield await Promise.resolve([row]);
}

/** MySQL prints floats in digits of its own, JSON in an order of its own, and fractions of zero in full; MariaDB has no negative zero. */
function asInMysql(type: string): (value: Shown) => unknown {
  if (/^(?:float|double)/u.test(type)) return (value) => (value === null ? null : Number(value) + 0);
  if (/^(?:datetime|timestamp)/u.test(type)) return (value) => value?.replace(/\.0+$/u, '') ?? null;
  if (type === 'json') return (value) => (value === null ? null : (JSON.parse(value, asWritten as Reviver) as unknown));
  return (value) => value;
}

type Reviver = (key: string, value: unknown) => unknown;

/** Integers of more digits than a number has stay texts. */
const asWritten = (_key: string, value: unknown, { source }: { source: string }): unknown =>
  typeof value === 'number' && /^-?\d+$/u.test(source) && !Number.isSafeInteger(value) ? source : value;
