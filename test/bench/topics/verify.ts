import { randomUUID } from 'node:crypto';
import { matrixoneDialect } from '../../../lib/matrixone/sink/matrixone-dialect.ts';
import { MatrixoneSource } from '../../../lib/matrixone/source/matrixone-source.ts';
import { DatabaseSink } from '../../../lib/sink/database-sink.ts';
import { mysqlDialect } from '../../../lib/mysql/mysql-dialect.ts';
import { ChunkComparison } from '../../../lib/replication/compare/chunk-comparison.ts';
import type { Endpoints } from '../../../lib/replication/tables/endpoints.ts';
import type { Pin } from '../../../lib/data/position.ts';
import type { Sink } from '../../../lib/replication/endpoints/sink.ts';
import type { SinkTable } from '../../../lib/replication/endpoints/sink-tables.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { createFilled, SHAPE } from '../dataset.ts';
import { COMPARED, compared, inRounds, type Side } from '../rounds.ts';
import { type Bench, freshName, makeDatabase, type Report, type Topic } from '../topic.ts';

const ROWS = [300_000];
const ROUNDS = 2;
/** As a check plans them. */
const CHUNK = { rows: 10_000, bytes: 32 * 1024 * 1024 };

export const verify: Topic = {
  name: 'verify',
  summary: 'comparing equal tables by checksums, and row by row',
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
  const sides = [true, false].map((hasChecksums) => sideOf(bench, source, table, pin, hasChecksums));
  const measured = await inRounds(sides, rounds, bench.tell);
  for (const step of [dropPin, ...drops]) await step();
  return {
    question: `how long does it take to see that ${rows} rows are the same?`,
    columns: COMPARED,
    rows: compared(measured, rows),
    conditions: [
      `${rows} ${SHAPE}, equal at both ends; chunks of ${CHUNK.rows} rows, one after the other; ${rounds} rounds, in turn`,
      'in the process that reports, without a worker or a store',
    ],
  };
}

function sideOf(bench: Bench, source: MatrixoneSource, table: SinkTable, pin: Pin, hasChecksums: boolean): Side {
  const { sinkUri, sinkType } = bench.servers;
  const dialect = sinkType === 'mysql' ? mysqlDialect : matrixoneDialect;
  return {
    name: hasChecksums ? 'checksums' : 'row by row',
    measure: async () => {
      const sink = new DatabaseSink({
        address: parseDatabaseUri(sinkUri),
        dialect: { ...dialect, hasChecksums: hasChecksums && dialect.hasChecksums },
        taskId: randomUUID(),
        database: table.name.database,
        signal: new AbortController().signal,
      });
      try {
        return await compareAll(source, sink, table, pin);
      } finally {
        await sink.close();
      }
    },
  };
}

async function compareAll(source: MatrixoneSource, sink: Sink, table: SinkTable, pin: Pin): Promise<number> {
  const begun = performance.now();
  const ends = { source, sink } as unknown as Endpoints;
  const comparison = new ChunkComparison(new AbortController().signal, ends, table, pin, () => ({
    window: 0,
    batch: 0,
    point: undefined,
  }));
  for (const range of await source.planRanges(table.schema, pin, CHUNK)) {
    const { missing, extra, different } = await comparison.run(range, 'count');
    if (missing + extra + different > 0) throw new Error('Equal tables are found to differ.');
  }
  return (performance.now() - begun) / 1_000;
}
