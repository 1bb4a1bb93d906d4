import { randomUUID } from 'node:crypto';
import { matrixoneDialect } from '../../../lib/matrixone/sink/matrixone-dialect.ts';
import { MatrixoneSource } from '../../../lib/matrixone/source/matrixone-source.ts';
import { DatabaseSink } from '../../../lib/sink/database-sink.ts';
import { mysqlDialect } from '../../../lib/mysql/mysql-dialect.ts';
import { ChunkComparison } from '../../../lib/replication/compare/chunk-comparison.ts';
import { RangesComparison } from '../../../lib/replication/compare/ranges-comparison.ts';
import type { Endpoints } from '../../../lib/replication/tables/endpoints.ts';
import type { Pin } from '../../../lib/data/position.ts';
import type { SinkTable } from '../../../lib/replication/endpoints/sink-tables.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { connect, createFilled, SHAPE } from '../dataset.ts';
import { COMPARED, compared, inRounds, type Measured, type Side } from '../rounds.ts';
import { type Bench, freshName, makeDatabase, type Report, type Topic } from '../topic.ts';

const ROWS = [300_000];
const ROUNDS = 2;
/** Larger tables would take minutes. */
const MOST_ROW_BY_ROW = 1_000_000;
/** How many rows of the sink have another value, spread over the table. */
const DIFFERENCES = [0, 10, 1_000];
/** As a check plans them. */
const CHUNK = { rows: 10_000, bytes: 32 * 1024 * 1024 };
const PAGE_RANGES = 100;

export const verify: Topic = {
  name: 'verify',
  summary: 'comparing tables by checksums, and row by row, with 0, 10 and 1,000 differences',
  run: async (bench) => {
    const reports: Report[] = [];
    for (const rows of bench.options.rows ?? ROWS) reports.push(await verifyOf(bench, rows));
    return reports;
  },
};

async function verifyOf(bench: Bench, rows: number): Promise<Report> {
  const { sourceUri, sinkUri } = bench.servers;
  const name = { database: freshName('verify'), table: 't' };
  const drops = [
    await makeDatabase(bench, bench.source, name.database),
    await makeDatabase(bench, bench.sink, name.database),
  ];
  for (const uri of [sourceUri, sinkUri]) await createFilled(uri, `${name.database}.t`, rows);
  const source = new MatrixoneSource(parseDatabaseUri(sourceUri), new AbortController().signal);
  const pinName = freshName('pin');
  const dropPin = bench.cleanup.add(async () => {
    await source.dropPin(pinName);
    await source.close();
  });
  const pin = await source.createPin(pinName, [name]);
  const table = { name, schema: await source.describe(name, pin) };
  const rounds = bench.options.rounds ?? ROUNDS;
  const measured: Measured[] = [];
  for (const differences of DIFFERENCES.filter((count) => count <= rows)) {
    await bend(sinkUri, `${name.database}.t`, rows, differences);
    const ways = differences === 0 && rows <= MOST_ROW_BY_ROW ? [true, false] : [true];
    const sides = ways.map((hasChecksums) => sideOf(bench, source, table, pin, { hasChecksums, differences }));
    measured.push(...(await inRounds(sides, rounds, bench.tell)));
  }
  for (const step of [dropPin, ...drops]) await step();
  return {
    question: `how long does it take to compare ${rows} rows?`,
    columns: COMPARED,
    rows: compared(measured, rows),
    conditions: [
      `${rows} ${SHAPE}; what is read row by row is read in chunks of ${CHUNK.rows} rows; ${rounds} rounds, in turn`,
      'in the process that reports, without a worker or a store',
    ],
  };
}

interface Way {
  readonly hasChecksums: boolean;
  readonly differences: number;
}

/** Gives this many rows of the sink another value. */
async function bend(sinkUri: string, table: string, rows: number, differences: number): Promise<void> {
  if (differences === 0) return;
  const connection = await connect(sinkUri);
  const every = Math.floor(rows / differences);
  await connection.query(`update ${table} set v = 'other' where id % ${every} = 0 and id < ${every * differences}`);
  await connection.end();
}

function sideOf(bench: Bench, source: MatrixoneSource, table: SinkTable, pin: Pin, way: Way): Side {
  const { sinkUri, sinkType } = bench.servers;
  const dialect = sinkType === 'mysql' ? mysqlDialect : matrixoneDialect;
  const { hasChecksums } = way;
  return {
    name: `${hasChecksums ? 'checksums' : 'row by row'}, ${way.differences} differences`,
    measure: async () => {
      const sink = new DatabaseSink({
        address: parseDatabaseUri(sinkUri),
        dialect: { ...dialect, rowHash: hasChecksums ? dialect.rowHash : undefined },
        taskId: randomUUID(),
        database: table.name.database,
        signal: new AbortController().signal,
      });
      try {
        return await compareAll({ source, sink } as unknown as Endpoints, table, pin, way.differences);
      } finally {
        await sink.close();
      }
    },
  };
}

async function compareAll(ends: Endpoints, table: SinkTable, pin: Pin, differences: number): Promise<number> {
  const begun = performance.now();
  const comparison = new ChunkComparison(new AbortController().signal, ends, table, pin, () => ({
    window: 0,
    batch: 0,
    point: undefined,
  }));
  const steps = new RangesComparison(undefined, () => performance.now());
  let different = 0;
  for (let isDone = false; !isDone;) {
    const step = await steps.step(comparison, 'count', (after) =>
      ends.source.planPage(table.schema, pin, CHUNK, { after, most: PAGE_RANGES }),
    );
    isDone = step?.isLast ?? false;
    different += step?.found.different ?? 0;
  }
  if (different !== differences) throw new Error(`${different} differences were found, and there are ${differences}.`);
  return (performance.now() - begun) / 1_000;
}
