import type { Column, IndexPart, TableCheck, TableDefinition } from '../../data/table-definition.ts';
import { parseExpression } from './expression.ts';
import { ProtoMessage } from './protobuf.ts';
import { storedConstraints } from './stored-constraints.ts';
import { isOnUpdateNow, storedDefault } from './stored-default.ts';
import { storedType } from './stored-type.ts';

/** A row of mo_columns. Buffers are the server's own records. */
export interface ColumnRecord {
  readonly name: string;
  readonly type: Buffer;
  readonly metadata: string;
  readonly notNull: boolean;
  /** Empty if there is none; so is `onUpdate`. */
  readonly default: Buffer;
  readonly onUpdate: Buffer;
  readonly autoIncrement: boolean;
  readonly comment: string;
  readonly hidden: boolean;
  readonly generation: Buffer | undefined;
  readonly clusterBy: boolean;
}

/** The parts of a table's declaration that mo_tables holds. */
export interface TableRecord {
  readonly comment: string;
  readonly constraints: Buffer;
  readonly extra: Buffer;
}

const GENERATION = { origin: 2, stored: 3 };
const EXTRA = { checks: 18 };
const CHECK = { name: 1, origin: 3 };
/** The hidden key column of a table without a primary key. */
export const NO_KEY = '__mo_fake_pk_col';
const COMPOSITE_CLUSTER = '__mo_cbkey_';

/**
 * Assembles a table's definition from the catalogue's records. Throws a RangeError if a record has an unknown form.
 */
export function assembled(records: readonly ColumnRecord[], table: TableRecord): TableDefinition {
  const shown = records.filter(({ hidden }) => !hidden);
  const names = shown.map(({ name }) => name);
  const { primaryKey, indexes, notUnderstood } = storedConstraints(table.constraints);
  const nameOf = nameFinder(names);
  const read = shown.map((record) => columnOf(record, names));
  const checks = checksOf(table.extra, names);
  const clusterBy = clusterColumns(records, nameOf);
  return {
    columns: read.map(({ column }) => column),
    primaryKey: primaryKey.filter((name) => name !== NO_KEY).map(nameOf),
    indexes: indexes.map((index) => ({
      ...index,
      parts: index.parts.map((part): IndexPart => ({ ...part, column: nameOf(part.column) })),
    })),
    ...(checks.understood.length === 0 ? {} : { checks: checks.understood }),
    ...(table.comment === '' ? {} : { comment: unquoted(table.comment) }),
    ...(clusterBy.length === 0 ? {} : { clusterBy }),
    ...listed('notUnderstood', [...read.flatMap(({ unknown }) => unknown), ...notUnderstood, ...checks.unknown]),
  };
}

/** The catalogue stores quotes in comments doubled (4.2.0). */
const unquoted = (comment: string): string => comment.replaceAll("''", "'");

const listed = (name: 'notUnderstood', all: readonly string[]): Partial<Record<typeof name, readonly string[]>> =>
  all.length === 0 ? {} : { [name]: all };

/** Lower case as Go has it, the server's language: character by character. */
const folded = (name: string): string => Array.from(name, (c) => (c === 'İ' ? 'i' : c.toLowerCase())).join('');

/** Finds a column by the name in a key or an index, which the catalogue stores in lower case. */
function nameFinder(names: readonly string[]): (name: string) => string {
  const exact = new Set(names);
  const found = Map.groupBy(names, folded);
  return (name) => {
    const alike = exact.has(name) ? [name] : (found.get(folded(name)) ?? []);
    const own = alike.length === 1 ? alike[0] : undefined;
    if (own === undefined) throw new RangeError(`a column ${JSON.stringify(name)} that it does not list`);
    return own;
  };
}

function columnOf(record: ColumnRecord, names: readonly string[]): { column: Column; unknown: readonly string[] } {
  const { type, labels } = storedType(record.type, record.metadata);
  const value = record.generation === undefined ? storedDefault(record.default, names) : undefined;
  const onUpdate = isOnUpdateNow(record.onUpdate);
  const generation = record.generation === undefined ? undefined : generationOf(record.generation, names);
  const unknown = [
    ...(value?.kind === 'unknown' ? [`the default of ${record.name}`] : []),
    ...(onUpdate === 'unknown' ? [`ON UPDATE of ${record.name}`] : []),
    ...(generation === 'unknown' ? [`how ${record.name} is computed`] : []),
  ];
  const column: Column = {
    name: record.name,
    type,
    nullable: !record.notNull && !record.autoIncrement,
    generated: record.generation !== undefined,
    ...(labels === undefined ? {} : { labels }),
    ...(record.autoIncrement ? { autoIncrement: true } : {}),
    ...(record.comment === '' ? {} : { comment: unquoted(record.comment) }),
    ...(value === undefined ? {} : { default: value }),
    ...(onUpdate === true ? { onUpdateNow: true } : {}),
    ...(generation === undefined || generation === 'unknown' ? {} : { generation }),
  };
  return { column, unknown };
}

function generationOf(record: Buffer, names: readonly string[]): Column['generation'] | 'unknown' {
  const message = new ProtoMessage(record);
  const expression = parseExpression(message.text(GENERATION.origin), names);
  return expression === undefined ? 'unknown' : { expression, stored: message.flag(GENERATION.stored) };
}

function checksOf(extra: Buffer, names: readonly string[]): { understood: TableCheck[]; unknown: string[] } {
  const [understood, unknown]: [TableCheck[], string[]] = [[], []];
  for (const message of new ProtoMessage(extra).messages(EXTRA.checks)) {
    const name = message.text(CHECK.name);
    const condition = parseExpression(message.text(CHECK.origin), names);
    if (condition === undefined) unknown.push(`the check ${name}`);
    else understood.push({ name, condition });
  }
  return { understood, unknown };
}

/**
 * Several clustering columns are one hidden column, whose name has the length of each name: `__mo_cbkey_003abc004defg`.
 */
function clusterColumns(records: readonly ColumnRecord[], nameOf: (name: string) => string): string[] {
  const [found] = records.filter(({ clusterBy }) => clusterBy);
  if (found === undefined) return [];
  if (!found.name.startsWith(COMPOSITE_CLUSTER)) return [nameOf(found.name)];
  const names: string[] = [];
  const packed = Buffer.from(found.name.slice(COMPOSITE_CLUSTER.length), 'utf8');
  for (let at = 0; at < packed.length;) {
    const length = Number(packed.toString('latin1', at, at + 3));
    if (!(length > 0)) throw new RangeError('a clustering column without a length');
    names.push(nameOf(packed.toString('utf8', at + 3, at + 3 + length)));
    at += 3 + length;
  }
  return names;
}
