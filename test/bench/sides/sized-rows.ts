import type { TableMapping } from '../../../lib/task/task.ts';
import { connect, loadData } from '../dataset.ts';
import { type Bench, freshName, makeDatabase } from '../topic.ts';

export interface SizedRows {
  readonly mapping: TableMapping;
  readonly drop: () => Promise<void>;
}

/** Pieces of a LOAD DATA file far below the 16 MiB of a packet. */
const PIECE = 256 * 1024;

/** A table at the source of a key and a text, `bytes` long together. */
export async function sizedRows(bench: Bench, rows: number, bytes: number): Promise<SizedRows> {
  const [from, to] = [freshName('from'), freshName('to')];
  const dropSource = await makeDatabase(bench, bench.source, from);
  const dropSink = bench.cleanup.add(() => bench.sink.run(`drop database if exists ${to}`));
  bench.tell(`filling a table of ${rows} rows of ${bytes} bytes …`);
  const connection = await connect(bench.servers.sourceUri);
  try {
    await connection.query(`create table ${from}.t (id int primary key, v longtext)`);
    await loadData(connection, `${from}.t`, file(rows, bytes));
  } finally {
    connection.destroy();
  }
  return {
    mapping: { source: { database: from, table: 't' }, sink: { database: to, table: 't' } },
    drop: async () => {
      await dropSource();
      await dropSink();
    },
  };
}

function* file(rows: number, bytes: number): Generator<Buffer> {
  const letters = Buffer.alloc(bytes, 'abcdefghijklmnopqrstuvwxyz');
  let lines: Buffer[] = [];
  let used = 0;
  for (let id = 0; id < rows; id++) {
    const head = Buffer.from(`${id}\t`);
    const line = Buffer.concat([head, letters.subarray(head.length - 1), Buffer.from('\n')]);
    lines.push(line);
    used += line.length;
    if (used < PIECE && id < rows - 1) continue;
    const piece = Buffer.concat(lines);
    for (let start = 0; start < piece.length; start += PIECE) yield piece.subarray(start, start + PIECE);
    [lines, used] = [[], 0];
  }
}
