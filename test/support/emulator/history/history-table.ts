import type { ChangedKeys } from './catalogue.ts';
import { identifier, qualified } from '../sql/quoting.ts';
import type { Shape } from './shape.ts';
import type { ShapeColumn } from './shape-column.ts';

export const STORE = 'mo_emulator';

/** A version of a row is valid from the cut `FROM` on, and before the cut `TO`. */
const FROM = '`__from`';
const TO = '`__to`';
const OPEN = '9223372036854775807';

const BYTES = /^(?:char|varchar|\w*text|binary|varbinary|\w*blob|enum|set|json)\b/;

/**
 * Keeps all versions of a table's rows since its first snapshot, in a table of its own. A snapshot costs only the rows
 * that changed since the one before it. So does a diff of two snapshots.
 */
export class HistoryTable {
  readonly name: string;
  /** The table for the keys to look at while a cut is taken. */
  readonly #keysName: string;
  readonly key: readonly string[];
  /** Every column that the table ever had. */
  readonly columns = new Map<string, ShapeColumn>();

  constructor(name: string, shape: Shape) {
    this.name = qualified(STORE, name);
    this.#keysName = qualified(STORE, `${name}_keys`);
    this.key = shape.key;
    for (const column of shape.columns) this.columns.set(column.name, column);
  }

  create(): string[] {
    const columns = [...this.columns.values()].map((column) => this.#declare(column));
    const key = this.key.length === 0 ? [] : [`primary key (${[...this.key.map(identifier), FROM].join(', ')})`];
    const versions = [`${FROM} bigint not null`, `${TO} bigint not null`, `key (${FROM})`, `key (${TO})`];
    const history = `create table ${this.name} (${[...columns, ...versions, ...key].join(', ')})`;
    if (this.key.length === 0) return [history];
    const keys = this.key.flatMap((name) => this.columns.get(name) ?? []).map((column) => this.#declare(column));
    const primary = `primary key (${this.key.map(identifier).join(', ')})`;
    return [history, `create table ${this.#keysName} (${[...keys, primary].join(', ')})`];
  }

  /** SQL that adds columns. Kept rows get the defaults of these columns, as the rows of the table itself do. */
  add(columns: readonly ShapeColumn[]): string {
    return `alter table ${this.name} ${columns.map((column) => `add column if not exists ${this.#declare(column)}`).join(', ')}`;
  }

  /** Call this once the columns are added. */
  keep(columns: readonly ShapeColumn[]): void {
    for (const column of columns) this.columns.set(column.name, column);
  }

  /**
   * SQL that takes in the rows under these keys as of this cut. New and changed rows get new versions. Deleted rows get
   * empty versions, which are valid nowhere. The table is read without a lock.
   */
  take(shape: Shape, cut: number, keys: ChangedKeys): string[] {
    if (this.key.length === 0) return [this.takeAll(shape, cut)];
    if (keys === 'any') return [this.#takeChanged(shape, cut, false), this.#takeGone(shape, cut, false)];
    if (keys.size === 0) return [];
    return [
      `delete from ${this.#keysName}`,
      `insert ignore into ${this.#keysName} values ${[...keys].join(', ')}`,
      this.#takeChanged(shape, cut, true),
      this.#takeGone(shape, cut, true),
    ];
  }

  /** SQL that deletes what an interrupted first copy may have left. */
  clear(): string {
    return `delete from ${this.name}`;
  }

  /** SQL that takes in every row. For a history without versions yet, or for a table without a key. */
  takeAll(shape: Shape, cut: number): string {
    const columns = shape.columns.map((column) => identifier(column.name)).join(', ');
    const table = qualified(shape.database, shape.table);
    return `insert into ${this.name} (${columns}, ${FROM}, ${TO}) select ${columns}, ${cut}, ${OPEN} from ${table}`;
  }

  #takeChanged(shape: Shape, cut: number, narrowed: boolean): string {
    const columns = shape.columns.map((column) => identifier(column.name));
    const values = columns.map((column) => `t.${column}`);
    const table = `${qualified(shape.database, shape.table)} t`;
    const from = narrowed ? `${this.#keysName} k straight_join ${table} on ${this.sameKey('t', 'k')}` : table;
    return (
      `insert into ${this.name} (${[...columns, FROM, TO].join(', ')}) ` +
      `select ${[...values, cut, OPEN].join(', ')} from ${from} ` +
      `left join ${this.name} h on ${this.sameKey('t', 'h')} and h.${TO} = ${OPEN} ` +
      `where h.${FROM} is null or not (${sameRow(shape.columns, 't', 'h')})`
    );
  }

  #takeGone(shape: Shape, cut: number, narrowed: boolean): string {
    const columns = [...this.columns.keys()].map(identifier);
    const values = columns.map((column) => `h.${column}`);
    const [first = ''] = this.key.map(identifier);
    const from = narrowed
      ? `${this.#keysName} k straight_join ${this.name} h on ${this.sameKey('h', 'k')}`
      : `${this.name} h`;
    return (
      `insert into ${this.name} (${[...columns, FROM, TO].join(', ')}) ` +
      `select ${[...values, cut, cut].join(', ')} from ${from} ` +
      `left join ${qualified(shape.database, shape.table)} t on ${this.sameKey('t', 'h')} ` +
      `where h.${TO} = ${OPEN} and h.${FROM} < ${cut} and t.${first} is null`
    );
  }

  /** SQL that ends the versions which the versions of this cut replace, and deletes the empty versions. */
  closeReplaced(cut: number): string[] {
    if (this.key.length === 0) {
      return [`update ${this.name} set ${TO} = ${cut} where ${TO} = ${OPEN} and ${FROM} < ${cut}`];
    }
    const newer = `join ${this.name} n on ${this.sameKey('n', 'o')} and o.${TO} = ${OPEN} and o.${FROM} < ${cut}`;
    return [
      `update ${this.name} o ${newer} set o.${TO} = ${cut} where n.${FROM} = ${cut}`,
      `delete from ${this.name} where ${FROM} = ${cut} and ${TO} = ${cut}`,
    ];
  }

  /**
   * SQL that deletes the versions that none of these cuts sees. The newest versions stay, because the next cut is
   * compared with them.
   */
  purge(cuts: readonly number[]): string {
    const seen = cuts.map((cut) => `(${FROM} <= ${cut} and ${TO} > ${cut})`);
    return `delete from ${this.name} where ${[`${TO} < ${OPEN}`, ...seen.map((s) => `not ${s}`)].join(' and ')}`;
  }

  /** A condition: this version of `alias` is the row at the cut. */
  visible(alias: string, cut: number): string {
    return `${alias}.${FROM} <= ${cut} and ${alias}.${TO} > ${cut}`;
  }

  /**
   * A condition: the version began or ended between the cuts, so only one of them sees it. The condition can use an
   * index.
   */
  visibleOnlyAt(alias: string, cut: number, other: number): string {
    const differs = cut > other ? `${alias}.${FROM} > ${other}` : `${alias}.${TO} <= ${other}`;
    return `${this.visible(alias, cut)} and ${differs}`;
  }

  /** SQL that finds a row if anything was written between the cuts. */
  changedBetween(from: number, to: number): string {
    const between = (cut: string): string => `(${cut} > ${from} and ${cut} <= ${to})`;
    return `select 1 from ${this.name} where ${between(FROM)} or ${between(TO)} limit 1`;
  }

  /**
   * An expression that identifies a version of a row. In a table without a key, equal rows of one cut have the same.
   */
  versionId(alias: string): string {
    const columns = this.key.length > 0 ? this.key : [...this.columns.keys()];
    const values = columns.map((name) => `ifnull(hex(cast(${alias}.${identifier(name)} as binary)), '-')`);
    return `concat_ws(' ', ${[...values, `${alias}.${FROM}`].join(', ')})`;
  }

  sameKey(a: string, b: string): string {
    return this.key.map((name) => `${a}.${identifier(name)} = ${b}.${identifier(name)}`).join(' and ');
  }

  // Without GENERATED and AUTO_INCREMENT: the history keeps the values that it found. Only `add` needs the default.
  #declare(column: ShapeColumn): string {
    const value = column.defaultValue === undefined || column.generated ? '' : ` default ${column.defaultValue}`;
    const nullable = column.notNull || this.key.includes(column.name) ? ' not null' : ' null';
    return `${identifier(column.name)} ${column.storedType}${nullable}${value}`;
  }
}

/** A condition: the values are equal byte for byte, and NULL equals NULL. */
export const sameRow = (columns: readonly ShapeColumn[], a: string, b: string): string =>
  columns
    .map((column) => sameValue(column, `${a}.${identifier(column.name)}`, `${b}.${identifier(column.name)}`))
    .join(' and ');

export const sameValue = (column: ShapeColumn, a: string, b: string): string =>
  BYTES.test(column.storedType) ? `binary ${a} <=> binary ${b}` : `${a} <=> ${b}`;
