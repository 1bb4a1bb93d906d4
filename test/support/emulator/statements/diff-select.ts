import type { TrackedTable } from '../history/catalogue.ts';
import { sameValue } from '../history/history-table.ts';
import type { ShapeColumn } from '../history/shape-column.ts';
import { MatrixOneError, notSupported } from '../matrixone-error.ts';
import { identifier, literal } from '../sql/quoting.ts';
import { pairColumns, type ColumnPair } from './schema-compatibility.ts';

/** A table at one end of a diff. */
export interface DiffEnd extends TrackedTable {
  readonly version: number;
}

export interface Diff {
  readonly target: DiffEnd;
  readonly base: DiffEnd;
  readonly columns: readonly string[] | undefined;
  readonly output: 'rows' | 'count' | { readonly limit: string };
  /** False if the deletions were collected. */
  readonly knowsDeletions: boolean;
}

/** The diff as one plain SELECT. `n` is a row of the target, `o` one of the base. */
export const diffSelect = (diff: Diff): string => {
  const { target, base, output } = diff;
  const pairs = pairColumns(target, base);
  if (target.history.key.length === 0) {
    if (output === 'count') return countKeyless(diff);
    throw notSupported('the rows of a DATA BRANCH DIFF of a table without primary key');
  }
  if (output === 'count') {
    return `select count(*) as \`COUNT(*)\` from (${bothSides(diff, inTarget(diff, pairs, ['1']), inBase(diff, pairs, ['1']))}) d`;
  }
  const header = identifier(`diff ${target.shape.table} against ${base.shape.table}`);
  const name = `${literal(target.shape.table)} as ${header}`;
  const shown = shownPairs(diff, pairs);
  const rows = bothSides(
    diff,
    inTarget(diff, pairs, [name, flagInTarget(diff, pairs), ...shown.map(targetValue)]),
    inBase(diff, pairs, [name, flagInBase(diff), ...shown.map((pair) => baseValue(diff, pair))]),
  );
  return output === 'rows' ? rows : `${rows} limit ${output.limit}`;
};

const bothSides = ({ knowsDeletions }: Diff, written: string, deleted: string): string =>
  knowsDeletions ? `${written} union all ${deleted}` : written;

/** MatrixOne compares by a hidden key. Here, if such a table was written to, all of its rows count. */
const countKeyless = ({ target, base }: Diff): string => {
  const count = (end: DiffEnd, other: DiffEnd): string => {
    const seen =
      end.history === other.history
        ? end.history.visibleOnlyAt('v', end.version, other.version)
        : end.history.visible('v', end.version);
    return `(select count(*) from ${end.history.name} v where ${seen})`;
  };
  return `select ${count(target, base)} + ${count(base, target)} as \`COUNT(*)\``;
};

/**
 * MatrixOne's trap: if neither table came from the other (truncated, dropped and created, replaced by a rename), the
 * diff reports every row that only one of them has, and all of them as INSERT.
 */
const isUnrelated = ({ target, base }: Diff): boolean => target.lineage !== base.lineage;

const flagInTarget = (diff: Diff, pairs: readonly ColumnPair[]): string =>
  isUnrelated(diff) ? "'INSERT' as flag" : `if(${absent('o', baseKey(diff, pairs))}, 'INSERT', 'UPDATE') as flag`;

const flagInBase = (diff: Diff): string => (isUnrelated(diff) ? "'INSERT'" : "'DELETE'");

/** Rows that the base does not have, or has with other values. */
const inTarget = (diff: Diff, pairs: readonly ColumnPair[], values: readonly string[]): string => {
  const { target, base } = diff;
  const join = `left join ${base.history.name} o on ${sameKey(diff, pairs)} and ${base.history.visible('o', base.version)}`;
  const differs = `(${absent('o', baseKey(diff, pairs))} or not (${same(diff, pairs)}))`;
  const seen =
    target.history === base.history
      ? target.history.visibleOnlyAt('n', target.version, base.version)
      : target.history.visible('n', target.version);
  return `select ${values.join(', ')} from ${target.history.name} n ${join} where ${seen} and ${differs}`;
};

/** Rows that only the base has. For unrelated tables also rows that the target has with other values. */
const inBase = (diff: Diff, pairs: readonly ColumnPair[], values: readonly string[]): string => {
  const { target, base } = diff;
  const join = `left join ${target.history.name} n on ${sameKey(diff, pairs)} and ${target.history.visible('n', target.version)}`;
  const gone = absent('n', target.history.key);
  const differs = isUnrelated(diff) ? `(${gone} or not (${same(diff, pairs)}))` : gone;
  const seen =
    target.history === base.history
      ? base.history.visibleOnlyAt('o', base.version, target.version)
      : base.history.visible('o', base.version);
  return `select ${values.join(', ')} from ${base.history.name} o ${join} where ${seen} and ${differs}`;
};

const absent = (alias: string, key: readonly string[]): string => `${alias}.${identifier(key[0] ?? '')} is null`;

const baseKey = ({ target }: Diff, pairs: readonly ColumnPair[]): string[] =>
  target.history.key.map((name) => pairs.find((pair) => pair.target.name === name)?.base?.name ?? name);

const sameKey = (diff: Diff, pairs: readonly ColumnPair[]): string => {
  const old = baseKey(diff, pairs).map(identifier);
  return diff.target.history.key.map((name, i) => `n.${identifier(name)} = o.${old[i] ?? ''}`).join(' and ');
};

const same = (diff: Diff, pairs: readonly ColumnPair[]): string =>
  pairs
    .filter(({ base }) => base !== undefined || keepsDefaults(diff))
    .map(({ target, base }) => {
      return sameValue(target, `n.${identifier(target.name)}`, `o.${identifier((base ?? target).name)}`);
    })
    .join(' and ');

const shownPairs = (diff: Diff, pairs: readonly ColumnPair[]): readonly ColumnPair[] =>
  diff.columns === undefined
    ? pairs
    : diff.columns.map((name) => {
        const pair = pairs.find(({ target }) => target.name.toLowerCase() === name.toLowerCase());
        if (pair !== undefined) return pair;
        const table = diff.target.shape.table;
        throw new MatrixOneError(20301, `invalid input: column "${name}" not found in table "${table}"`);
      });

const targetValue = ({ target }: ColumnPair): string => shown(target, `n.${identifier(target.name)}`);
const baseValue = (diff: Diff, { target, base }: ColumnPair): string =>
  base === undefined && !keepsDefaults(diff)
    ? `null as ${identifier(target.name)}`
    : shown(target, `o.${identifier((base ?? target).name)}`);

/** Do older rows have the default of an added column? They do if both ends have the same history. */
const keepsDefaults = ({ target, base }: Diff): boolean => target.history === base.history;

/** MatrixOne's trap: enum and set come as numbers. */
const shown = (column: ShapeColumn, value: string): string =>
  `${/^(?:enum|set)\b/.test(column.type) ? `cast(${value} + 0 as unsigned)` : value} as ${identifier(column.name)}`;
