import type { TableSchema } from '../../../lib/data/change.ts';
import type { Window } from '../../../lib/data/position.ts';
import { USUAL_RULES } from '../../../lib/matrixone/definition/table-rules.ts';
import { MatrixoneSource } from '../../../lib/matrixone/source/matrixone-source.ts';
import type { TaskOptions } from '../../../lib/task/task.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { connect, createFilled, SHAPE } from '../dataset.ts';
import { COMPARED, compared, inRounds, type Measured, type Side } from '../rounds.ts';
import { type Bench, freshName, makeDatabase, type Report, type Topic } from '../topic.ts';

const ROWS = [1_000_000];
const ROUNDS = 3;

/** Which rows a window changes: `changes` of them in some places, or one by one all over the table. */
const CHANGED = [
  { name: '1,000 in 10 places', where: (rows: number) => `id % ${Math.floor(rows / 10)} < 100` },
  { name: '1,000 all over', where: (rows: number) => `id % ${Math.floor(rows / 1_000)} = 0` },
  { name: 'a tenth', where: () => 'id % 10 = 0' },
] as const;

export const compare: Topic = {
  name: 'compare',
  summary: 'reading the changes of a window by comparing the table with itself, and by the diff',
  run: async (bench) => {
    const reports: Report[] = [];
    for (const rows of bench.options.rows ?? ROWS) reports.push(await compareOf(bench, rows));
    return reports;
  },
};

async function compareOf(bench: Bench, rows: number): Promise<Report> {
  const { sourceUri } = bench.servers;
  const name = { database: freshName('compare'), table: 't' };
  const drop = await makeDatabase(bench, bench.source, name.database);
  await createFilled(sourceUri, `${name.database}.t`, rows);
  const rounds = bench.options.rounds ?? ROUNDS;
  const connection = await connect(sourceUri);
  const measured: Measured[] = [];
  const first = opened(sourceUri, 'diff');
  const names: string[] = [];
  const pin = async (): Promise<Window['after']> => {
    names.push(freshName('pin'));
    return await first.createPin(names.at(-1) ?? '', [name]);
  };
  let after = await pin();
  for (const [i, { name: changed, where }] of CHANGED.entries()) {
    await connection.query(`update ${name.database}.t set v = 'changed ${i}' where ${where(rows)}`);
    const until = await pin();
    const window = { after, until };
    const schema = await first.describe(name, until);
    const sides = (['compare', 'diff'] as const).map((reader) => sideOf(sourceUri, schema, window, reader, changed));
    measured.push(...(await inRounds(sides, rounds, bench.tell)));
    after = until;
  }
  for (const made of names) await first.dropPin(made);
  await first.close();
  await connection.end();
  await drop();
  return {
    question: `how long does it take to read a window's changes in ${rows} rows?`,
    columns: COMPARED,
    rows: compared(measured, rows),
    conditions: [
      `${rows} ${SHAPE}; ${rounds} rounds, in turn; the later checksum is not known beforehand`,
      'in the process that reports, without a worker, a sink or a store',
    ],
  };
}

const opened = (uri: string, changeReader: TaskOptions['changeReader']): MatrixoneSource =>
  new MatrixoneSource(parseDatabaseUri(uri), new AbortController().signal, { ...USUAL_RULES, changeReader });

const sideOf = (
  uri: string,
  schema: TableSchema,
  window: Window,
  reader: TaskOptions['changeReader'],
  changed: string,
): Side => ({
  name: `${reader}: ${changed}`,
  measure: async () => {
    const source = opened(uri, reader);
    // A connection, and what a worker knows from its last window.
    await source.countRows(schema.table, window.after);
    if (reader === 'compare') await source.countChanges(schema.table, { after: window.after, until: window.after });
    const begun = performance.now();
    let changes = 0;
    for await (const batch of source.readChanges(schema, window)) changes += batch.length;
    const seconds = (performance.now() - begun) / 1_000;
    await source.close();
    if (changes === 0) throw new Error('No change was read.');
    return seconds;
  },
});
