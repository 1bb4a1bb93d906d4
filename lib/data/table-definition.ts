/**
 * The definition of a source table, as data and never as SQL: code that writes a statement from it must quote every
 * name and text as the receiving server requires.
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
  /** Digits, possibly with a sign, a point and an exponent. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'now' }
  /** The column has a default that was not understood. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'expression'; readonly expression: Expression };

/** A column that the server computes. */
export interface Generation {
  readonly expression: Expression;
  readonly stored: boolean;
}

export interface Column {
  readonly name: string;
  /**
   * As declared, in lower case, e.g. `varchar(50)` or `bigint unsigned`; the labels of `enum` and `set` are in
   * `labels`.
   */
  readonly type: string;
  readonly nullable: boolean;
  /** The server computes the column: never write it. */
  readonly generated: boolean;
  /** Only the source computes the column: the sink gets its values like those of a plain column. */
  readonly computedAtSource?: boolean;
  /** The labels of an enum or set, in order. */
  readonly labels?: readonly string[];
  readonly autoIncrement?: boolean;
  readonly comment?: string;
  readonly default?: ColumnDefault;
  /** ON UPDATE: the column gets the time of each change that does not set it. */
  readonly onUpdateNow?: boolean;
  /** Undefined for a plain column, and for a generated column whose expression was not understood. */
  readonly generation?: Generation;
}

export interface IndexPart {
  readonly column: string;
  /** Characters from the beginning; undefined for the whole value. */
  readonly length?: number;
}

/** True when the parts are these whole columns, in this order. */
export const isOfColumns = (parts: readonly IndexPart[], columns: readonly string[]): boolean =>
  parts.length === columns.length &&
  parts.every(({ column, length }, at) => column === columns[at] && length === undefined);

/** Index settings that only MatrixOne has; each value is a number or a word. */
export type IndexSettings = Readonly<Record<string, string>>;

export interface TableIndex {
  readonly name: string;
  readonly kind: 'unique' | 'plain' | 'special';
  readonly parts: readonly IndexPart[];
  readonly comment?: string;
  /** The algorithm of a special index: `fulltext`, `ivfflat`, … */
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
  /** The partitions, or their number where they have no values. */
  readonly partitions: readonly Partition[] | number;
}

/** The declaration of a table, without its columns and its key. */
export interface TableDetails {
  /** Without the primary key. */
  readonly indexes: readonly TableIndex[];
  readonly checks?: readonly TableCheck[];
  readonly comment?: string;
  readonly partitioning?: Partitioning;
  /** The columns by whose order rows are stored. */
  readonly clusterBy?: readonly string[];
  /** Parts of the declaration that were not understood, in words. No sink gets them. */
  readonly notUnderstood?: readonly string[];
}

/** The definition of a table, as its server reports it. */
export interface TableDefinition extends TableDetails {
  readonly columns: readonly Column[];
  /** The columns of the primary key. */
  readonly primaryKey: readonly string[];
}
