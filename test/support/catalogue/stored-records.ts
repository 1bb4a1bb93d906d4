import type { ColumnRecord, TableRecord } from '../../../lib/matrixone/definition/stored-table.ts';
import type { Column, ColumnDefault, Expression, TableDefinition } from '../../../lib/data/table-definition.ts';
import { message } from './protobuf-writer.ts';
import { typeRecord } from './type-record.ts';

/** The record of a table in MatrixOne's catalogue: the counterpart of lib/matrixone/definition/stored-table.ts. */
export interface StoredTable {
  readonly columns: readonly ColumnRecord[];
  readonly table: TableRecord;
}

export const storedTable = (definition: TableDefinition): StoredTable => ({
  columns: [...definition.columns.map((column) => columnRecord(column)), ...hiddenColumns(definition)],
  table: {
    comment: doubled(definition.comment ?? ''),
    constraints: constraints(definition),
    extra: message(
      ...(definition.checks ?? []).map(({ name, condition }) => check(name, words(condition))),
      ...(definition.notUnderstood ?? []).map((what) => check(what.replace('the check ', ''), 'something(else)')),
    ),
  },
});

const check = (name: string, origin: string) => [18, message([1, name], [3, origin])] as const;

/** As Go lower-cases a text: character by character. */
const lowered = (name: string): string => Array.from(name, (c) => c.toLowerCase()).join('');

const doubled = (text: string): string => text.replaceAll("'", "''");

function columnRecord(column: Column): ColumnRecord {
  const { type, labels } = column;
  return {
    name: column.name,
    type: typeRecord(column),
    metadata: type.startsWith('array(') ? type : (labels ?? []).join(','),
    notNull: !column.nullable,
    default: column.default === undefined ? Buffer.alloc(0) : defaultRecord(column.default, column),
    onUpdate: column.onUpdateNow === true ? message([2, 'current_timestamp()']) : Buffer.alloc(0),
    autoIncrement: column.autoIncrement === true,
    comment: doubled(column.comment ?? ''),
    hidden: false,
    generation: column.generated ? generationRecord(column) : undefined,
    clusterBy: false,
  };
}

/** If our parser did not understand the expression, writes one that it does not understand. */
const generationRecord = ({ generation }: Column): Buffer =>
  generation === undefined
    ? message([2, 'something(else)'])
    : message([2, words(generation.expression)], [3, generation.stored]);

function defaultRecord(value: ColumnDefault, { type }: Column): Buffer {
  if (value.kind === 'text') {
    // A label of an enum or set is looked up by a function. Every other text is kept as it is.
    const kept = type === 'enum' || type === 'set' ? '' : message([2, message([11, value.text])]);
    return message([1, kept], [2, `'${value.text}'`]);
  }
  if (value.kind === 'now') return message([2, 'current_timestamp()']);
  if (value.kind === 'boolean') return message([2, String(value.value)]);
  if (value.kind === 'number') return message([2, value.text]);
  return message([2, value.kind === 'unknown' ? 'something(else)' : words(value.expression)]);
}

const words = (expression: Expression): string =>
  expression
    .map(({ kind, text }) => (kind === 'text' ? `'${text}'` : kind === 'column' ? quoted(text) : text))
    .join(' ');

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

function hiddenColumns({ primaryKey }: TableDefinition): ColumnRecord[] {
  const hidden = (name: string, type: string): ColumnRecord => ({
    ...columnRecord({ name, type, nullable: false, generated: false }),
    hidden: true,
  });
  const key =
    primaryKey.length === 0
      ? [hidden('__mo_fake_pk_col', 'bigint unsigned')]
      : [hidden('__mo_cpkey_col', 'varchar(65535)')];
  return [...(primaryKey.length === 1 ? [] : key), hidden('__mo_rowid', 'varchar(24)')];
}

const PLAIN = new Set(['unique', 'plain']);

/** The server's own list of settings, indexes and the key. Each part is preceded by its count or its length. */
function constraints({ primaryKey, indexes }: TableDefinition): Buffer {
  const list = indexes.map((index) => {
    const lengths = index.parts.flatMap(({ column, length }) =>
      length === undefined ? [] : [`${lowered(column)}:${length}`],
    );
    const settings = { ...index.settings, ...(lengths.length === 0 ? {} : { prefix_lengths: lengths.join(',') }) };
    return message(
      [2, index.name],
      ...index.parts.map(({ column }) => [3, lowered(column)] as const),
      [4, index.kind === 'unique'],
      [7, index.comment ?? ''],
      [10, PLAIN.has(index.kind) ? '' : (index.algorithm ?? 'fulltext')],
      [12, Object.keys(settings).length === 0 ? '' : JSON.stringify(settings)],
    );
  });
  const names = primaryKey.length === 0 ? ['__mo_fake_pk_col'] : primaryKey.map(lowered);
  const key = message(...names.map((name) => [5, name] as const));
  const counted = list.flatMap((bytes) => [number(bytes.length), bytes]);
  return Buffer.concat([Buffer.from([0]), number(list.length), ...counted, Buffer.from([3]), number(key.length), key]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
