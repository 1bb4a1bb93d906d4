import { isDeepStrictEqual } from 'node:util';
import mysql from 'mysql2';
import { pinHint } from '../../lib/matrixone/source/history/pins.ts';
import { type Pin, pinPrefix } from '../../lib/data/position.ts';
import { decodeFencePoint } from '../../lib/sink/bookkeeping/fence-point.ts';
import type { TaskRecord } from '../../lib/record/task-record.ts';
import { type Selection, selectionOf, tableKey, type TableMapping } from '../../lib/task/task.ts';
import type { TaskStore } from '../../lib/store/task-store.ts';
import { driverOptions } from '../support/driver-options.ts';

type Row = readonly (Buffer | null)[];

/** What is the same about an item and a fence only as long as no worker has done anything. */
interface Seen {
  readonly item: string;
  readonly fence: string;
}

const SHOWN_ROWS = 5;
const DOUBLE: number = mysql.Types.DOUBLE;

/** Compares source and sink past the product, on connections of its own that no fault is on. */
export class Oracle {
  readonly #source: string;
  readonly #sink: string;
  readonly #store: TaskStore;
  readonly #task: string;

  constructor(sourceUri: string, sinkUri: string, store: TaskStore, task: string) {
    this.#source = sourceUri;
    this.#sink = sinkUri;
    this.#store = store;
    this.#task = task;
  }

  /**
   * Is the sink what the source was at the checkpoint, where a window is complete and stays so meanwhile? The number of
   * tables compared, undefined where that was not so, or what differs, in words.
   */
  async look(): Promise<{ readonly compared: number; readonly differing: readonly string[] } | undefined> {
    const ends = [connection(this.#source), connection(this.#sink)] as const;
    try {
      const record = await this.#store.get(this.#task);
      if (record === undefined || !isComplete(record)) return undefined;
      const before = await this.#see(record, ends[1]);
      const checkpoint = await this.#stands(record, ends[1]);
      if (checkpoint === undefined) return undefined;
      const tables = await this.#tables(record, checkpoint, ends[0]);
      const differing: string[] = [];
      for (const mapping of tables) {
        const found = await compare(ends, mapping, checkpoint);
        if (found !== undefined) differing.push(found);
      }
      const now = await this.#store.get(this.#task);
      if (now === undefined || !isDeepStrictEqual(await this.#see(now, ends[1]), before)) return undefined;
      return { compared: tables.length, differing };
    } finally {
      for (const end of ends) end.destroy();
    }
  }

  async #see(record: TaskRecord, sink: mysql.Connection): Promise<Seen> {
    const { id, epoch, generation, selection, progress } = record;
    const { missing, aside, phase } = progress;
    const pending = progress.pending?.until ?? 'none';
    const fence = await rows(sink, `select epoch, \`window\`, batch, writes from mo_cdc.fence where task_id = '${id}'`);
    const item = { id, epoch, generation, selection, missing, aside, phase, pending };
    return { item: JSON.stringify(item), fence: lines(fence).join() };
  }

  /** The checkpoint. The store may lag behind the fence by some windows. */
  async #stands({ id, progress }: TaskRecord, sink: mysql.Connection): Promise<Pin | undefined> {
    const [row] = await rows(sink, `select \`window\`, batch, checkpoint from mo_cdc.fence where task_id = '${id}'`);
    const [window, batch, text] = (row ?? []).map(String);
    if (batch !== '0') return undefined;
    if (Number(window) === progress.window) return progress.checkpoint;
    return decodeFencePoint(text ?? '', pinPrefix(id))?.checkpoint;
  }

  /** What is to be equal: the tables that the task copies, as far as there were any at the pin. */
  async #tables(record: TaskRecord, at: Pin, source: mysql.Connection): Promise<readonly TableMapping[]> {
    const { progress, spec } = record;
    const out = new Set([...progress.missing, ...Object.keys(progress.aside)]);
    const selection: Selection =
      progress.selection === record.selection ? selectionOf(spec) : (record.before ?? selectionOf(spec));
    const listed = await rows(
      source,
      `select reldatabase, relname from mo_catalog.mo_tables${pinHint(at)} where relkind = 'r' and reldatabase like 'storm_%'
       and left(relname, 5) <> '__mo_' and left(relname, 3) <> '%!%'`,
    );
    const names = new Set(listed.map((row) => row.map(String).join('.')));
    if (spec.level === 'table') {
      return selection.tables.filter(({ source: name }) => !out.has(tableKey(name)) && names.has(tableKey(name)));
    }
    const exclude = selection.exclude.map((pattern) => new RegExp(pattern, 'u'));
    return [...names].flatMap((name) => {
      const [database = '', table = ''] = name.split('.');
      const mapped = selection.databases.find((one) => one.source === database);
      if (mapped === undefined || out.has(name) || exclude.some((pattern) => pattern.test(name))) return [];
      return [{ source: { database, table }, sink: { database: mapped.sink, table } }];
    });
  }
}

const isComplete = ({ progress, generation, desired }: TaskRecord): boolean =>
  desired !== 'dropping' &&
  progress.phase === 'window' &&
  progress.pending === undefined &&
  progress.generation === generation;

async function compare(
  [source, sink]: readonly [mysql.Connection, mysql.Connection],
  mapping: TableMapping,
  at: Pin,
): Promise<string | undefined> {
  const name = (table: TableMapping['source']): string => `\`${table.database}\`.\`${table.table}\``;
  const wanted = await answer(source, `select * from ${name(mapping.source)}${pinHint(at)}`);
  const columns = wanted.columns.map((column) => `\`${column}\``).join(', ');
  try {
    const there = await answer(sink, `select ${columns} from ${name(mapping.sink)}`);
    return difference(mapping, at, wanted, there);
  } catch (error) {
    return `${tableKey(mapping.source)} at ${at.name}: ${String(error)}`;
  }
}

interface Answer {
  readonly columns: readonly string[];
  /** Which of them are doubles. */
  readonly doubles: ReadonlySet<number>;
  readonly rows: readonly Row[];
}

function difference({ source }: TableMapping, at: Pin, wanted: Answer, there: Answer): string | undefined {
  const [a, b] = [lines(wanted.rows, wanted.doubles), lines(there.rows, there.doubles)];
  if (isDeepStrictEqual(a, b)) return undefined;
  const only = (these: readonly string[], those: readonly string[]): string => {
    const others = new Set(those);
    const found = these.filter((line) => !others.has(line));
    return `${found.length}: ${JSON.stringify(found.slice(0, SHOWN_ROWS))}`;
  };
  const counts = `${a.length} rows at the source, ${b.length} at the sink`;
  return `${tableKey(source)} at ${at.name} (${counts}; ${wanted.columns.join()}): only source ${only(a, b)}, only sink ${only(b, a)}`;
}

const lines = (found: readonly Row[], doubles: ReadonlySet<number> = new Set()): string[] =>
  found.map((row) => row.map((value, i) => printed(value, doubles.has(i))).join('|')).sort();

/** MatrixOne writes the double -1e100 with a hundred zeros, MariaDB not. */
function printed(value: Buffer | null, isDouble: boolean): string {
  if (value === null) return 'NULL';
  const text = value.toString('latin1');
  return isDouble ? String(Number(text)) : plain(text);
}

/** Servers lay JSON out each in its own way. */
function plain(text: string): string {
  if (!/^[{["]/u.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

function connection(uri: string): mysql.Connection {
  const made = mysql.createConnection(driverOptions(uri));
  made.on('error', () => undefined);
  return made;
}

const rows = async (from: mysql.Connection, sql: string): Promise<readonly Row[]> => (await answer(from, sql)).rows;

const answer = (from: mysql.Connection, sql: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    from.query({ sql, rowsAsArray: true, typeCast: false }, (error, result, fields) => {
      if (error !== null) reject(error);
      else {
        const doubles = new Set(fields.flatMap(({ columnType }, i) => (columnType === DOUBLE ? [i] : [])));
        resolve({ columns: fields.map((field) => field.name), doubles, rows: result as unknown as Row[] });
      }
    });
  });
