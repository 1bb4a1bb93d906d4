/**
 * How a source table is made, as data. Nothing of it is SQL: whoever writes a statement from it quotes every name and
 * text in the way of the server that gets the statement.
 */

/** One word of an expression. Words are keywords and functions that are known to be harmless, in lower case. */
export interface ExpressionToken {
  readonly kind: 'column' | 'word' | 'number' | 'text' | 'symbol';
  /** Without quotes. */
  readonly text: string;
}

/** An expression that was understood token by token; its parentheses are balanced. */
export type Expression = readonly ExpressionToken[];

export type ColumnDefault =
  | { readonly kind: 'text'; readonly text: string }
  /** Digits, perhaps with a sign, a point and an exponent. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'now' }
  /** There is one, and it was not understood. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'expression'; readonly expression: Expression };

/** A column that the server computes. */
export interface Generation {
  readonly expression: Expression;
  readonly stored: boolean;
}

export interface Column {
  readonly name: string;
  /** As declared, lower case, e.g. `varchar(50)` or `bigint unsigned`; labels of `enum` and `set` are kept apart. */
  readonly type: string;
  readonly nullable: boolean;
  /** Computed by the server: never written. */
  readonly generated: boolean;
  /** Computed by the source alone: the sink gets its values as those of a plain column. */
  readonly computedAtSource?: boolean;
  /** The labels of an enum or set, in order. */
  readonly labels?: readonly string[];
  readonly autoIncrement?: boolean;
  readonly comment?: string;
  readonly default?: ColumnDefault;
  /** Gets the time of each change that does not name it. */
  readonly onUpdateNow?: boolean;
  /** Undefined for a generated column whose expression was not understood, too. */
  readonly generation?: Generation;
}

export interface IndexPart {
  readonly column: string;
  /** Characters from the beginning; the whole value when undefined. */
  readonly length?: number;
}

/** Are these whole columns, in this order? */
export const isOfColumns = (parts: readonly IndexPart[], columns: readonly string[]): boolean =>
  parts.length === columns.length &&
  parts.every(({ column, length }, at) => column === columns[at] && length === undefined);

/** Settings of an index that MatrixOne alone has; each value is a number or a word. */
export type IndexSettings = Readonly<Record<string, string>>;

export interface TableIndex {
  readonly name: string;
  readonly kind: 'unique' | 'plain' | 'special';
  readonly parts: readonly IndexPart[];
  readonly comment?: string;
  /** Of a special one: `fulltext`, `ivfflat`, … */
  readonly algorithm?: string;
  readonly settings?: IndexSettings;
}

export interface TableCheck {
  readonly name: string;
  readonly condition: Expression;
}

export interface Partition {
  readonly name: string;
  /** `values less than (…)` or `values in (…)`. */
  readonly values: Expression;
}

export interface Partitioning {
  /** `hash (…)`, `key (…)`, `range columns (…)`, … */
  readonly by: Expression;
  /** Where they have no values, how many there are. */
  readonly partitions: readonly Partition[] | number;
}

/** What is declared of a table beside its columns and its key. */
export interface TableDetails {
  /** Beside the primary key. */
  readonly indexes: readonly TableIndex[];
  readonly checks?: readonly TableCheck[];
  readonly comment?: string;
  readonly partitioning?: Partitioning;
  /** Columns that rows are stored in the order of. */
  readonly clusterBy?: readonly string[];
  /** Parts of the declaration that were not understood, in words: no sink gets them. */
  readonly notUnderstood?: readonly string[];
}

/** What a server says of one of its tables. */
export interface TableDefinition extends TableDetails {
  readonly columns: readonly Column[];
  /** The columns of the primary key. */
  readonly primaryKey: readonly string[];
}
