import { SHAPE } from '../dataset.ts';
import { COMPARED, compared, inRounds } from '../rounds.ts';
import { ends, filledTable, handCopies, nativeCopy, ourCopy } from '../sides/first-copy.ts';
import type { Bench, Report, Topic } from '../topic.ts';

const ROWS = [1_000_000];
const ROUNDS = 3;

export const load: Topic = {
  name: 'load',
  summary: 'the first copy of a table, against CREATE CDC or what one does by hand, and against each end alone',
  run: async (bench) => {
    const reports: Report[] = [];
    for (const rows of bench.options.rows ?? ROWS) reports.push(await loadOf(bench, rows));
    return reports;
  },
};

async function loadOf(bench: Bench, rows: number): Promise<Report> {
  const rounds = bench.options.rounds ?? ROUNDS;
  const { real } = bench.servers;
  const table = await filledTable(bench, rows);
  const rivals = real ? (bench.options.withoutNative ? [] : [nativeCopy(bench, table)]) : handCopies(bench, table);
  const sides = [ourCopy(bench, table), ...rivals, ...ends(bench, table)];
  const measured = await inRounds(sides, rounds, bench.tell);
  await table.drop();
  return {
    question: `how long does the first copy of ${rows} rows take?`,
    columns: COMPARED,
    rows: compared(measured, rows),
    conditions: [
      `${rows} ${SHAPE}; ${rounds} rounds, all sides in each, in turn from either end`,
      'ours: default options, store in memory, one worker process, from its start until the load is stored as done',
      ...(real
        ? [
            'CREATE CDC: defaults; counted from when it has created the table at the sink, so without its wait of up to 15 s',
          ]
        : ['mariadb-dump | mariadb and INSERT: over the same two addresses, one connection each']),
      'read and discard: SELECT * over one connection, packets counted only; LOAD DATA: the file in memory beforehand',
    ],
  };
}
