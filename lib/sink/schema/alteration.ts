import type { TableSchema } from '../../data/change.ts';
import { holds, plainType } from './column-room.ts';
import { baseType } from '../../sql/column-type.ts';
import type {
  ColumnLine,
  Dialect,
  FoundIndex,
  IndexLine,
  Modification,
  SinkColumn,
  SinkDescription,
} from '../dialect/dialect.ts';
import { quoteName, quoteNames } from '../../sql/identifier.ts';
import { quoteText } from '../../sql/literal.ts';
import { isRecased, spelledAs } from '../../sql/spelling.ts';
import { dropIndex, nullableLine } from '../dialect/column-clauses.ts';

/** Clauses of ALTER TABLE that bring a sink table to the schema of its source table. */
export interface Alteration {
  /** Clauses that rename columns. They come first, since later clauses use the new names; see Dialect.renamesAlone. */
  readonly renames: readonly string[];
  /** Indexes to drop before the sink gets the rows: the rows may break them. */
  readonly dropIndexes: readonly string[];
  /** All other clauses for columns and key, except `modify`. */
  readonly reshape: readonly string[];
  /** `reshape`, but with new columns that may be NULL at first; undefined if no new column is NOT NULL. */
  readonly loosely: readonly string[] | undefined;
  /** Columns that get another declaration, which present rows may not fit. */
  readonly modify: readonly Modification[];
  /** Indexes to add after the rows, which then fit. */
  readonly addIndexes: readonly IndexLine[];
  /** Names of new indexes at the source that this server cannot have. */
  readonly left: readonly string[];
  /** Can a difference be seen in the table? Defaults and comments cannot be seen. */
  readonly visible: boolean;
}

const folded = (name: string): string => name.toLowerCase();

/**
 * Compares the sink table with its source table, and returns what the sink still lacks. After a crash, a further call
 * returns the rest. The sink keeps columns and indexes of its own, which the source table did not have before.
 */
export function alteration(
  found: SinkDescription,
  given: TableSchema,
  givenBefore: TableSchema | undefined,
  dialect: Dialect,
  version: string,
): Alteration {
  const recased = recasedColumns(found, given, givenBefore);
  const own = found.columns.map(({ name }) => recased.get(name) ?? name);
  const schema = spelledAs(given, own);
  const before = givenBefore === undefined ? undefined : spelledAs(givenBefore, own);
  const lines = dialect.columnLines(schema, version);
  const old = before === undefined ? [] : dialect.columnLines(before, version);
  const renamed = renamedColumns(found, old, lines);
  const present = new Map(
    found.columns.map((column) => [folded(renamed.get(folded(column.name))?.name ?? column.name), column]),
  );
  const key = found.key.map((name) => renamed.get(folded(name))?.name ?? name);
  const added = lines.filter((line) => !present.has(folded(line.name)));
  const keySteps = keyClauses(key, schema.key, found.hiddenKey);
  // A clause that renames and declares a column needs no other one, and a further one could not name the column.
  const isDeclared = ({ column }: Modification): boolean => !dialect.renamesAlone && renamed.has(folded(column.name));
  const modify = lines
    .flatMap((line) => modification(line, present.get(folded(line.name)), found, schema, old))
    .filter((each) => !isDeclared(each));
  // If a clause gives both name and declaration, the clause that modifies a column also renames it.
  const named = new Set(dialect.renamesAlone ? [] : modify.map(({ line }) => line.name));
  const renames = [...recased, ...[...renamed].map(([from, { name }]) => [from, name] as const)].flatMap(
    ([from, to]) => {
      const line = named.has(to) ? undefined : lines.find(({ name }) => name === to);
      return line === undefined ? [] : [dialect.renameColumn(from, line)];
    },
  );
  const indexes = indexClauses(found, schema, before, dialect, dialect.modifyChecksUnique ? [] : merging(modify));
  const reshaping = (declared: (line: ColumnLine) => string): string[] => [
    ...keySteps.drop,
    ...added.map((line) => `add column ${declared(line)}${place(lines, line)}`),
    ...droppedColumns(present, schema, old).map((name) => `drop column ${quoteName(name)}`),
    ...keySteps.add,
    ...tableComment(schema, before),
  ];
  const [strict, loose] = [reshaping(({ line }) => line), reshaping((line) => looseLine(line, schema))];
  const needed = indexes.addIndexes.filter(({ optional }) => !optional);
  return {
    ...indexes,
    renames,
    reshape: strict,
    loosely: strict.join() === loose.join() ? undefined : loose,
    modify,
    visible:
      renames.length + strict.length + needed.length + indexes.dropIndexes.length > 0 ||
      modify.some((each) => each.visible),
  };
}

/** Servers have no value for present rows in new columns of some types: MatrixOne for UUID, MariaDB for JSON. */
function looseLine({ name, type, line }: ColumnLine, { columns, key }: TableSchema): string {
  const mustNot = columns.some((column) => column.name === name && !column.nullable);
  return mustNot && !key.includes(name) ? nullableLine({ name, type }) : line;
}

/** Sink columns that were spelled like the source's and whose case the source has changed, with their new names. */
function recasedColumns(
  found: SinkDescription,
  { columns }: TableSchema,
  before: TableSchema | undefined,
): ReadonlyMap<string, string> {
  const old = new Set(before?.columns.map(({ name }) => name));
  return new Map(
    found.columns.flatMap(({ name }) => {
      const now = columns.find((column) => isRecased(name, column.name));
      return old.has(name) && now !== undefined ? [[name, now.name] as const] : [];
    }),
  );
}

/**
 * If a new column has the place and the declaration of an old one, the old one was renamed. Should this guess be wrong,
 * the comparison of rows that follows mends the values.
 */
function renamedColumns(
  found: SinkDescription,
  before: readonly ColumnLine[],
  after: readonly ColumnLine[],
): ReadonlyMap<string, ColumnLine> {
  const at = (lines: readonly ColumnLine[]): Set<string> => new Set(lines.map(({ name }) => folded(name)));
  const [old, now, sink] = [at(before), at(after), new Set(found.columns.map(({ name }) => folded(name)))];
  const rest = ({ name, line }: ColumnLine): string => line.slice(quoteName(name).length);
  const renamed = new Map<string, ColumnLine>();
  if (before.length !== after.length) return renamed;
  for (const [i, to] of after.entries()) {
    const from = before[i];
    if (from === undefined || now.has(folded(from.name)) || old.has(folded(to.name)) || rest(from) !== rest(to))
      continue;
    if (sink.has(folded(from.name)) && !sink.has(folded(to.name))) renamed.set(folded(from.name), to);
  }
  return renamed;
}

/**
 * Columns that the source table has lost. A column that only the sink has stays. If it refuses every row, the table
 * does not fit, and the task says so.
 */
function droppedColumns(
  present: ReadonlyMap<string, SinkColumn>,
  schema: TableSchema,
  old: readonly ColumnLine[],
): string[] {
  const wanted = new Set(schema.columns.map(({ name }) => folded(name)));
  const had = new Set(old.map(({ name }) => folded(name)));
  return [...present].filter(([name]) => !wanted.has(name) && had.has(name)).map(([, { name }]) => name);
}

function keyClauses(
  present: readonly string[],
  wanted: readonly string[],
  hidden: string | undefined,
): { drop: string[]; add: string[] } {
  const sorted = (names: readonly string[]): string => names.map(folded).toSorted().join('\0');
  if (sorted(present) === sorted(wanted)) return { drop: [], add: [] };
  return {
    drop:
      hidden !== undefined ? [`drop column ${quoteName(hidden)}`] : present.length === 0 ? [] : ['drop primary key'],
    add: wanted.length === 0 ? [] : [`add primary key (${quoteNames(wanted)})`],
  };
}

/** The new column's place is that at the source. The source's last column becomes the sink's last column too. */
function place(lines: readonly ColumnLine[], line: ColumnLine): string {
  const at = lines.indexOf(line);
  const previous = lines[at - 1];
  if (at === lines.length - 1) return '';
  return previous === undefined ? ' first' : ` after ${quoteName(previous.name)}`;
}

/**
 * Modifies a column if the source has changed its declaration, or if rows may not fit the sink's. If the source has not
 * changed its declaration, the sink keeps its own. `loose`: the column is new, and was added as nullable.
 */
function modification(
  line: ColumnLine,
  present: SinkColumn | undefined,
  found: SinkDescription,
  schema: TableSchema,
  before: readonly ColumnLine[],
): Modification[] {
  if (present === undefined) return [];
  const old = before.find(({ name }) => folded(name) === folded(line.name));
  const same = old === undefined ? sameType(typeOf(present), line.type) : old.line === line.line;
  const nullable = schema.columns.some((column) => column.name === line.name && column.nullable);
  const loose = same && old === undefined && before.length > 0 && present.nullable && !nullable;
  if (same && !loose && (present.nullable || !nullable)) return [];
  const visible = !sameType(typeOf(present), line.type) || (present.nullable !== nullable && !loose);
  const inKey = schema.key.includes(line.name);
  const mayWait = (present.nullable || !nullable) && holds(typeOf(present), line.type);
  const isIn = ({ columns }: FoundIndex): boolean => columns.some((name) => folded(name) === folded(present.name));
  const indexes = found.indexes.filter(isIn).map(({ name }) => name);
  return [{ column: present, line, nullable, inKey, mayWait, indexes, visible }];
}

const typeOf = ({ type, takesJsonOnly }: SinkColumn): string => (takesJsonOnly === true ? 'json' : type);

/** Servers print display widths (`int(11)`) that nobody declared, and character sets after the type. */
const sameType = (present: string, wanted: string): boolean =>
  plainType(present) === plainType(wanted) || (baseType(present) === 'json' && baseType(wanted) === 'json');

/** Names of indexes in which the new type may make two values equal. */
const merging = (modify: readonly Modification[]): string[] =>
  modify.filter(({ line, column }) => !holds(line.type, typeOf(column))).flatMap(({ indexes }) => indexes);

/** Also drops the source's unique indexes among `unsafe`, and adds them again after the rows. */
function indexClauses(
  found: SinkDescription,
  schema: TableSchema,
  before: TableSchema | undefined,
  dialect: Dialect,
  unsafe: readonly string[],
): Pick<Alteration, 'dropIndexes' | 'addIndexes' | 'left'> {
  const { lines, left } = dialect.indexLines(schema);
  const old = before === undefined ? { lines: [], left: [] } : dialect.indexLines(before);
  const wanted = new Map(lines.map((index) => [folded(index.name), index.signature]));
  const changed = ({ name, signature }: { name: string; signature: string }): boolean =>
    wanted.get(folded(name)) !== signature;
  const had = new Set(old.lines.filter(changed).map(({ name }) => folded(name)));
  const unique = new Set(lines.filter(({ line }) => /^unique\b/iu.test(line)).map(({ name }) => folded(name)));
  const comesBack = ({ name }: FoundIndex): boolean => unsafe.includes(name) && unique.has(folded(name));
  const dropped = found.indexes.filter(
    (index) => (had.has(folded(index.name)) && changed(index)) || (comesBack(index) && !changed(index)),
  );
  const gone = new Set(dropped.map(({ name }) => folded(name)));
  const present = new Set(found.indexes.map(({ name }) => folded(name)).filter((name) => !gone.has(name)));
  return {
    dropIndexes: dropped.map(({ name }) => dropIndex(name)),
    // If the sink has an index of its own under this name, that one stays.
    addIndexes: lines.filter(({ name }) => !present.has(folded(name))),
    left: left.filter((name) => !old.left.includes(name)),
  };
}

function tableComment(schema: TableSchema, before: TableSchema | undefined): string[] {
  if (before === undefined) return [];
  const [old, now] = [before.details.comment ?? '', schema.details.comment ?? ''];
  return old === now ? [] : [`comment = ${quoteText(now)}`];
}
