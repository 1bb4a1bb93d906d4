import { CdcError } from '../../../errors.ts';
import { carriedColumns, type Change, type Row, type TableSchema } from '../../../data/change.ts';
import type { Window } from '../../../data/position.ts';
import { ChangeBlock, type Changes, DELETED, NOT_DELETED, RowBlock, ValueCursor } from '../../../data/row-block.ts';
import type { Connection } from '../../../wire/connection.ts';
import { quoteTable } from '../../../sql/identifier.ts';
import { tableKey, type TableName } from '../../../task/task.ts';
import { LabelTranslator, type ColumnLabels } from './labels.ts';
import { atPin } from '../history/pins.ts';

const FLAG = 1;
const FIRST_COLUMN = 2;

/** The only query that may name a table at two snapshots. Any other silently reads one of them twice. */
const diff = (table: TableName, { after, until }: Window): string =>
  `data branch diff ${atPin(table, until)} against ${atPin(table, after)}`;

export async function countChanges(connection: Connection, table: TableName, window: Window): Promise<number> {
  const { rows } = await connection.query(`${diff(table, window)} output count`);
  return Number(rows[0]?.[0] ?? 0);
}

/** May the table hold anything that it does not hold at the pin? */
export async function tableChanged(connection: Connection, table: TableName, since: Window['after']): Promise<boolean> {
  const { rows } = await connection.query(
    `data branch diff ${quoteTable(table)} against ${atPin(table, since)} output count`,
  );
  return Number(rows[0]?.[0] ?? 0) > 0;
}

/** How many rows the table has gained, according to its diff. */
export class DiffTally {
  #growth = 0;

  get growth(): number {
    return this.#growth;
  }

  /** Counts one change. Returns whether it is a deletion. `flag`: the diff's word for it. */
  note(table: TableName, flag = 'NULL'): boolean {
    switch (flag) {
      case 'DELETE':
        this.#growth -= 1;
        return true;
      case 'INSERT':
        this.#growth += 1;
        return false;
      case 'UPDATE':
        return false;
      default:
        throw new CdcError('SOURCE_ERROR', `The diff of ${tableKey(table)} has an unknown flag: ${flag}.`);
    }
  }
}

/**
 * The net changes of a window in batches. Rows of the diff (table, flag, columns…) become rows of the carried columns.
 */
export async function* readChanges(
  connection: Connection,
  schema: TableSchema,
  window: Window,
  tally: DiffTally,
): AsyncGenerator<Changes, void, undefined> {
  const translator = new LabelTranslator(labelsOf(schema));
  let places: readonly number[] | undefined;
  for await (const { columns, rows } of connection.streamWithColumns(diff(schema.table, window))) {
    places ??= placesOf(schema, columns);
    const order = places;
    const asTheyAre = !translator.translates && order.every((place, i) => place === FIRST_COLUMN + i);
    if (asTheyAre && columns.length === FIRST_COLUMN + order.length) yield marked(schema, rows, tally);
    else yield Array.from(rows, (row) => change(schema, translator, order, row, tally));
  }
}

/** Packs rows of the diff (table, flag, columns…) as changes: a mark replaces table and flag. */
function marked({ table }: TableSchema, { bytes, length, columns }: RowBlock, tally: DiffTally): ChangeBlock {
  // Long enough, because a mark is shorter than a flag.
  const packed = Buffer.allocUnsafeSlow(bytes.length);
  const cursor = new ValueCursor(bytes);
  let used = 0;
  for (let i = 0; i < length; i++) {
    cursor.skip(FIRST_COLUMN);
    const mark = tally.note(table, bytes.toString('latin1', cursor.start, cursor.end)) ? DELETED : NOT_DELETED;
    packed[used++] = mark.length;
    used += mark.copy(packed, used);
    const start = cursor.end;
    cursor.skip(columns - FIRST_COLUMN);
    used += bytes.copy(packed, used, start, cursor.end);
  }
  return new ChangeBlock(new RowBlock(packed.subarray(0, used), length, columns - FIRST_COLUMN + 1));
}

function change(
  { table }: TableSchema,
  translator: LabelTranslator,
  places: readonly number[],
  row: Row,
  tally: DiffTally,
): Change {
  const values = places.map((place) => row[place] ?? null);
  return { deleted: tally.note(table, row[FLAG]?.toString('latin1')), row: translator.row(values) };
}

/** Positions of the carried columns in the diff, which also has generated columns. */
function placesOf(schema: TableSchema, columns: readonly string[]): number[] {
  const places = new Map(columns.map((name, i) => [name.toLowerCase(), i] as const).slice(FIRST_COLUMN));
  return carriedColumns(schema).map(({ name }) => {
    const place = places.get(name.toLowerCase());
    if (place !== undefined) return place;
    throw new CdcError('SCHEMA_CHANGED', `The changes of ${tableKey(schema.table)} lack the column ${name}.`);
  });
}

const labelsOf = (schema: TableSchema): (ColumnLabels | undefined)[] =>
  carriedColumns(schema).map(({ name, type, labels }) =>
    labels === undefined ? undefined : { column: name, type: type === 'set' ? 'set' : 'enum', labels },
  );
