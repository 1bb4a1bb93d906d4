import { declaredType } from '../../sql/declared-type.ts';
import { expressionsLeft } from '../../sink/dialect/column-clauses.ts';
import type { ColumnLine, IndexLine } from '../../sink/dialect/dialect.ts';
import { quoteName, quoteNames, quoteTable } from '../../sql/identifier.ts';
import { quoteText } from '../../sql/literal.ts';
import type { TableSchema } from '../../data/change.ts';
import {
  type Column,
  type ColumnDefault,
  type IndexPart,
  isOfColumns,
  type Partitioning,
  type TableIndex,
} from '../../data/table-definition.ts';
import type { TableName } from '../../task/task.ts';
import { isLastingDefault, isPlainComment, isPlainIndex, isPrintable } from './printed-text.ts';
import { writeDefault, writeExpression } from './write-expression.ts';

/**
 * CREATE TABLE from the source table's definition as data. Leaves out foreign keys, because their tables may not be
 * replicated.
 */
export function createTableForMatrixone(name: TableName, schema: TableSchema): string {
  const { key, details } = schema;
  const items = [
    ...columnLinesForMatrixone(schema).map(({ line }) => line),
    ...(key.length === 0 ? [] : [`primary key (${quoteNames(key)})`]),
    ...shownIndexes(schema).map(indexLine),
    ...checkLines(schema),
  ];
  const options = [
    ...commentOption(details.comment),
    ...(details.partitioning === undefined ? [] : [partitionClause(details.partitioning)]),
    ...(details.clusterBy === undefined ? [] : [`cluster by (${quoteNames(details.clusterBy)})`]),
  ];
  return `create table if not exists ${quoteTable(name)} (\n  ${items.join(',\n  ')}\n)${options.map((option) => ` ${option}`).join('')}`;
}

/** Leaves out computed columns whose expression was not understood. */
export const columnLinesForMatrixone = ({ columns }: TableSchema): ColumnLine[] =>
  columns
    .filter(({ generated, generation }) => !generated || generation !== undefined)
    .map((column) => ({ name: column.name, type: declaredType(column), line: columnLine(column) }));

/** Full-text and vector indexes are optional: the sink's server may not be set up for them. */
export const indexLinesForMatrixone = (schema: TableSchema): { lines: IndexLine[]; left: string[] } => ({
  lines: shownIndexes(schema).map((index) => ({
    name: index.name,
    signature: indexSignature(index),
    line: indexLine(index),
    optional: index.kind === 'special',
  })),
  left: [],
});

export const indexSignature = ({ kind, parts, algorithm = '', settings = {} }: TableIndex): string =>
  JSON.stringify([
    ...[kind, algorithm, parts.map(({ column, length }) => [column.toLowerCase(), length])],
    algorithm === 'fulltext' ? fulltextSettings(settings) : vectorSettings(settings),
  ]);

const isRowKey = ({ kind, parts }: TableIndex, key: readonly string[]): boolean =>
  kind === 'unique' && isOfColumns(parts, key);

/**
 * Leaves out indexes with an absent column, and indexes with names that the server cannot have. Also leaves out the
 * unique key that identifies rows: it is the primary key here.
 */
function shownIndexes({ columns, key, details }: TableSchema): TableIndex[] {
  const absent = new Set(columns.filter((c) => c.generated && c.generation === undefined).map(({ name }) => name));
  return details.indexes.filter(
    (index) => !isRowKey(index, key) && isPlainIndex(index) && !index.parts.some(({ column }) => absent.has(column)),
  );
}

function columnLine(column: Column): string {
  const { name, nullable, autoIncrement = false, generation, comment } = column;
  const required = nullable ? 'null' : 'not null';
  const attributes =
    generation === undefined
      ? ` ${required}${autoIncrement ? ' auto_increment' : plainAttributes(column)}`
      : `${nullable ? '' : ' not null'} generated always as (${writeExpression(generation.expression)}) ${generation.stored ? 'stored' : 'virtual'}`;
  return `${quoteName(name)} ${declaredType(column)}${attributes}${commentClause(comment)}`;
}

const isWritten = (text: string | undefined): text is string => text !== undefined && isPrintable(text);

const commentClause = (text: string | undefined): string => (isWritten(text) ? ` comment ${quoteText(text)}` : '');

const commentOption = (text: string | undefined): string[] => (isWritten(text) ? [`comment = ${quoteText(text)}`] : []);

type Known = Exclude<ColumnDefault, { kind: 'unknown' }>;

const isWrittenDefault = (value: ColumnDefault | undefined): value is Known =>
  value !== undefined && value.kind !== 'unknown' && (value.kind !== 'text' || isLastingDefault(value.text));

function plainAttributes({ default: value, type, onUpdateNow = false }: Column): string {
  const written = isWrittenDefault(value) ? ` default ${writeDefault(value, type)}` : '';
  return `${written}${onUpdateNow ? ` on update ${writeDefault({ kind: 'now' }, type)}` : ''}`;
}

function indexLine({ name, kind, parts, comment, algorithm, settings = {} }: TableIndex): string {
  const columns = parts.map(partText).join(', ');
  const said = comment === undefined || !isPlainComment(comment) ? '' : ` comment ${quoteText(comment)}`;
  if (kind !== 'special') return `${kind === 'unique' ? 'unique ' : ''}key ${quoteName(name)} (${columns})${said}`;
  if (algorithm === 'fulltext') return `fulltext ${quoteName(name)} (${columns})${fulltextSettings(settings)}${said}`;
  if (algorithm === 'rtree') return `spatial key ${quoteName(name)} (${columns})${said}`;
  return `key ${quoteName(name)} using ${word(algorithm ?? '')} (${columns})${vectorSettings(settings)}${said}`;
}

const partText = ({ column, length }: IndexPart): string =>
  `${quoteName(column)}${length === undefined ? '' : `(${length})`}`;

/** Prefix of the name that the server gives a check without a name. */
const UNNAMED_CHECK = '__mo_chk_';

/** Checks a text that a statement contains without quotes. */
function word(text: string): string {
  if (!/^[\w-]+$/u.test(text)) throw new TypeError(`not a word: ${JSON.stringify(text)}`);
  return text;
}

const fulltextSettings = ({ parser = '', async = '' }: Readonly<Record<string, string>>): string =>
  `${parser === '' ? '' : ` with parser ${word(parser)}`}${async === 'true' ? ' async' : ''}`;

/** Settings whose values are texts, and those that are numbers. */
const QUOTED = ['op_type', 'quantization', 'distribution_mode'];
const NUMBERS = ['lists', 'm', 'ef_construction', 'ef_search', 'day', 'hour'];

function vectorSettings(settings: Readonly<Record<string, string>>): string {
  const written = Object.entries(settings).map(([name, value]) => {
    if (QUOTED.includes(name)) return ` ${word(name)} ${quoteText(value)}`;
    return NUMBERS.includes(name) ? ` ${word(name)} = ${word(value)}` : '';
  });
  return written.join('');
}

const checkLines = ({ details }: TableSchema): string[] =>
  (details.checks ?? []).map(({ name, condition }) => {
    const named = name === '' || name.startsWith(UNNAMED_CHECK) ? '' : `constraint ${quoteName(name)} `;
    return `${named}check (${writeExpression(condition)})`;
  });

function partitionClause({ by, partitions }: Partitioning): string {
  const head = `partition by ${writeExpression(by)}`;
  if (typeof partitions === 'number') return `${head} partitions ${partitions}`;
  return `${head} (${partitions.map(({ name, values }) => `partition ${word(name)} ${writeExpression(values)}`).join(', ')})`;
}

/** The schema itself lists the parts that were not understood. */
export function omittedForMatrixone(schema: TableSchema): string[] {
  const { columns, key, details } = schema;
  const said = [
    ...columns.map(({ name, comment }) => [`the comment of ${name}`, comment] as const),
    ['its comment', details.comment] as const,
  ];
  const shown = new Set(shownIndexes(schema));
  const isLost = (index: TableIndex): boolean => !shown.has(index) && !isRowKey(index, key);
  const isSilent = ({ comment }: TableIndex): boolean => comment !== undefined && !isPlainComment(comment);
  return [
    ...expressionsLeft(schema),
    ...columns
      .filter(({ default: value }) => value?.kind === 'text' && !isWrittenDefault(value))
      .map(({ name }) => `the default of ${name}`),
    ...said.filter(([, comment]) => comment !== undefined && !isWritten(comment)).map(([what]) => what),
    ...details.indexes.filter(isLost).map(({ name }) => `the index ${name}`),
    ...details.indexes.filter(isSilent).map(({ name }) => `the comment of ${name}`),
  ];
}
