import { CdcError } from '../../errors.ts';
import { isOfScope } from '../../error-codes.ts';
import { areaOf, nameOf, type TableSelector, tableSelector } from '../../task/table-selection.ts';
import {
  mappingKey,
  type TableMapping,
  tableKey,
  type TableName,
  type TaskSpec,
  type TableKey,
} from '../../task/task.ts';
import { forEachConcurrently } from '../../concurrency/concurrently.ts';
import { type Pin, samePin, type Window } from '../../data/position.ts';
import { type Selected, selectTables } from './select-tables.ts';
import type { ListedTable, Source } from '../endpoints/source.ts';
import { asTableError, TableError } from '../../data/table-error.ts';
import type { TableNote } from '../../record/table-notes.ts';

/** The tables of a task at a pin. */
export interface TableSet {
  readonly tables: readonly TableMapping[];
  /**
   * Tables that the task selects but cannot replicate, with the reason. Empty at level table, where the user names
   * every table.
   */
  readonly leftOut: readonly TableNote[];
  /** The error of a table that could not be described: nobody knows whether it can be replicated. */
  readonly failed?: TableError | undefined;
}

/** How the task's tables changed between the two ends of a window. */
export interface SetChange {
  readonly kept: readonly TableMapping[];
  readonly added: readonly TableMapping[];
  /** Tables that are gone at the source. */
  readonly dropped: readonly TableMapping[];
  /** Tables that an edit took out of the task. */
  readonly removed: readonly TableMapping[];
  /** Tables that are out of the windows and still exist at the source. */
  readonly aside: readonly TableMapping[];
  readonly leftOut: readonly TableNote[];
}

/** Tables described concurrently. */
const LANES = 4;

/** With more unknown tables than this, ask the source for the plain ones before describing any. */
const FEW = 8;
/**
 * Describing one table takes as long as looking for plain ones among this many tables (4.2.0: 0.5 ms, four at once, and
 * 0.05 ms).
 */
const PLAIN_FOR_ONE = 10;

/**
 * Finds the tables of a task at a pin. A pin always shows the same tables, so nothing needs to be stored. It remembers,
 * by a table's number, whether the table can be replicated.
 */
export class TableSets {
  /** True at the levels database and account, where tables come and go without an edit. */
  readonly changing: boolean;
  readonly #spec: TaskSpec;
  readonly #source: Pick<Source, 'tables' | 'plainTables' | 'describe'>;
  #selector: TableSelector | undefined;
  readonly #isAside: (key: TableKey) => boolean;
  /** Reason why the table cannot be replicated, keyed by number and name; undefined for a table that can be. */
  readonly #unfit = new Map<string, string | undefined>();
  #last: { readonly pin: Pin; readonly set: TableSet } | undefined;

  /** `isAside`: true for a table that is out of the windows; nobody needs to know whether it can be described. */
  constructor(
    spec: TaskSpec,
    source: Pick<Source, 'tables' | 'plainTables' | 'describe'>,
    isAside: (key: TableKey) => boolean = () => false,
  ) {
    this.#spec = spec;
    this.#source = source;
    this.#isAside = isAside;
    this.changing = spec.level !== 'table';
  }

  async at(pin: Pin): Promise<TableSet> {
    const set = await this.found(pin);
    if (set.failed !== undefined) throw set.failed;
    return set;
  }

  /** As `at`, but an error of one table comes as `failed`, with all other tables. */
  async found(pin: Pin): Promise<TableSet> {
    if (!this.changing) return { tables: this.#spec.tables, leftOut: [] };
    if (this.#last !== undefined && samePin(this.#last.pin, pin)) return this.#last.set;
    const set = await this.#find(pin);
    if (set.failed === undefined) this.#last = { pin, set };
    return set;
  }

  /**
   * Throws SCHEMA_CHANGED when a table can no longer be replicated: leaving it out from now on would lose changes.
   * Tables out of the windows (`aside`) appear only in `aside`, or among the gone ones. `before` finds the tables at
   * the window's beginning, since an edit may lie between its two ends. `had`: tables that the task had, even if they
   * are not found at the beginning.
   */
  async change(
    before: TableSets,
    { after, until }: Window,
    aside: ReadonlySet<TableKey>,
    had: ReadonlySet<TableKey>,
  ): Promise<SetChange> {
    const old = await before.at(after);
    const { tables, leftOut } = await this.at(until);
    const [were, has] = [mappingKeysOf(old.tables), mappingKeysOf(tables)];
    const known = sourceKeysOf(old.tables);
    const unfit = leftOut.find(({ table }) => (known.has(table) || had.has(table)) && !aside.has(table));
    if (unfit !== undefined) throw cannotGoOn(unfit);
    const left = new Set(leftOut.map(({ table }) => table));
    const isAside = ({ source }: TableMapping): boolean => aside.has(tableKey(source));
    const followed = tables.filter((mapping) => !isAside(mapping));
    const unlisted = [...aside, ...had].filter((key) => !known.has(key));
    const gone = [...old.tables, ...before.#mappings(unlisted)].filter(
      (mapping) => !has.has(mappingKey(mapping)) && !left.has(tableKey(mapping.source)),
    );
    return {
      kept: followed.filter((mapping) => were.has(mappingKey(mapping))),
      added: followed.filter((mapping) => !were.has(mappingKey(mapping))),
      dropped: gone.filter((mapping) => this.#wants(mapping)),
      removed: gone.filter((mapping) => !this.#wants(mapping)),
      aside: [...tables.filter(isAside), ...this.#mappings([...aside].filter((key) => left.has(key)))],
      leftOut: leftOut.filter(({ table }) => !aside.has(table)),
    };
  }

  /** True when the task would copy this source table to this sink table, if the source table existed. */
  #wants(mapping: TableMapping): boolean {
    const found = this.changing ? [this.#select(mapping.source)] : this.#spec.tables;
    return found.some((wanted) => wanted !== undefined && mappingKey(wanted) === mappingKey(mapping));
  }

  /** Made when first needed: the exclusions of before an edit matter only until the edit is carried out. */
  get #select(): TableSelector {
    return (this.#selector ??= tableSelector(this.#spec));
  }

  /** The mappings of these tables (`db.table`), as far as the task selects them. Not for level table. */
  #mappings(keys: readonly TableKey[]): TableMapping[] {
    return keys.flatMap((key) => this.#select(nameOf(key)) ?? []);
  }

  async #find(pin: Pin): Promise<TableSet> {
    const area = areaOf(this.#spec);
    const databases = area === 'account' ? area : area.map(({ database }) => database);
    const tables: TableMapping[] = [];
    const leftOut: TableNote[] = [];
    let failed: TableError | undefined;
    const all = await this.#source.tables(databases, pin);
    const selected = await selectTables(all, this.#select);
    await this.#takePlain(selected, all.length, databases, pin);
    await forEachConcurrently(selected, LANES, async ({ listed, mapping }) => {
      const reason = await this.#reason(listed, pin);
      if (reason instanceof TableError && !this.#isAside(reason.table)) failed ??= reason;
      if (typeof reason === 'string') leftOut.push({ table: tableKey(listed.name), reason });
      else tables.push(mapping);
    });
    return { tables: tables.sort(byName), leftOut, failed };
  }

  /** A new worker knows no table yet: without this, it would describe every table before it does anything else. */
  async #takePlain(
    selected: readonly Selected<ListedTable>[],
    listed: number,
    databases: readonly string[] | 'account',
    pin: Pin,
  ): Promise<void> {
    const unknown = selected
      .map((each) => each.listed)
      .filter((each) => kindRefusal(each) === undefined && !this.#unfit.has(keyOf(each)));
    if (unknown.length <= FEW || unknown.length * PLAIN_FOR_ONE < listed) return;
    const plain = await this.#source.plainTables(databases, pin);
    for (const each of unknown) if (plain.has(each.id)) this.#unfit.set(keyOf(each), undefined);
  }

  /** Why the table cannot be replicated; undefined when it can be; an error when that is not known. */
  async #reason(listed: ListedTable, pin: Pin): Promise<string | TableError | undefined> {
    const refusal = kindRefusal(listed);
    if (refusal !== undefined) return refusal;
    const key = keyOf(listed);
    if (this.#unfit.has(key)) return this.#unfit.get(key);
    const reason = await this.#judge(listed, pin);
    if (!(reason instanceof TableError)) this.#unfit.set(key, reason);
    return reason;
  }

  async #judge({ name }: ListedTable, pin: Pin): Promise<string | TableError | undefined> {
    try {
      await this.#source.describe(name, pin);
      return undefined;
    } catch (error) {
      if (!(error instanceof CdcError) || !isOfScope(error.code, 'definition')) return tableErrorOr(name, error);
      const reason = error.message.replace(/\.$/u, '');
      return error.code === 'TABLE_WITHOUT_KEY' ? reason.replace(`The table ${tableKey(name)}`, () => 'it') : reason;
    }
  }
}

const keyOf = ({ id, name }: ListedTable): string => `${id} ${tableKey(name)}`;

/** The reason that the listing alone tells against a table. */
export function kindRefusal({ name, kind }: Pick<ListedTable, 'name' | 'kind'>): string | undefined {
  if (name.database.includes('.')) return 'the name of its database has a dot';
  return kind === 'table' ? undefined : `it is a ${kind}`;
}

function tableErrorOr(name: TableName, thrown: unknown): TableError {
  const error = asTableError(name, thrown);
  if (error instanceof TableError) return error;
  throw error;
}

const cannotGoOn = ({ table, reason }: TableNote): TableError =>
  new TableError(nameOf(table), new CdcError('SCHEMA_CHANGED', `${table} cannot be replicated any more: ${reason}.`));

const sourceKeysOf = (tables: readonly TableMapping[]): ReadonlySet<TableKey> =>
  new Set(tables.map(({ source }) => tableKey(source)));

const mappingKeysOf = (tables: readonly TableMapping[]): ReadonlySet<string> => new Set(tables.map(mappingKey));

const byName = (a: TableMapping, b: TableMapping): number => (tableKey(a.source) < tableKey(b.source) ? -1 : 1);
