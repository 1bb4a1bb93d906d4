import { SHAPE } from '../dataset.ts';
import { inRounds } from '../rounds.ts';
import { filledTable, type FilledTable, ourCopy } from '../sides/first-copy.ts';
import { median, short, spread } from '../statistics.ts';
import type { Bench, Report, Topic } from '../topic.ts';

const ROWS = [100_000, 1_000_000, 10_000_000];
const ROUNDS = 2;

export const growth: Topic = {
  name: 'growth',
  summary: 'the time per row of a first copy, for tables of growing size',
  run: async (bench) => {
    const tables: FilledTable[] = [];
    for (const rows of bench.options.rows ?? ROWS) tables.push(await filledTable(bench, rows));
    const report = await compare(bench, tables);
    for (const table of tables) await table.drop();
    return [report];
  },
};

async function compare(bench: Bench, tables: readonly FilledTable[]): Promise<Report> {
  const rounds = bench.options.rounds ?? ROUNDS;
  const sides = tables.map((table) => ({ ...ourCopy(bench, table), name: String(table.rows) }));
  const measured = await inRounds(sides, rounds, bench.tell);
  const perRow = measured.map(({ seconds }, i) => (median(seconds) / (tables[i]?.rows ?? 0)) * 1e6);
  return {
    question: 'does the time per row rise with the size of the table?',
    columns: ['rows', 'seconds: median (range)', 'rows/s', 'microseconds a row', "by the smallest's"],
    numeric: [true, true, true, true, true],
    rows: measured.map(({ name, seconds }, i) => [
      name,
      spread(seconds),
      String(Math.round(Number(name) / median(seconds))),
      short(perRow[i] ?? Number.NaN),
      `${short((perRow[i] ?? Number.NaN) / (perRow[0] ?? Number.NaN))} x`,
    ]),
    conditions: [
      `${SHAPE}; ${rounds} rounds, all sizes in each, in turn from either end`,
      'ours: default options, store in memory, one worker process, from its start until the load is stored as done',
    ],
  };
}
