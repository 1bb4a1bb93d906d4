import fc from 'fast-check';
import type { TableSchema } from '../../../lib/data/change.ts';
import { AT } from './planned-alteration.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const TYPES = ['int', 'bigint', 'varchar(20)', 'varchar(40)', 'datetime', 'decimal(10,2)'];

export interface Declared {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
}

const declared = (names: readonly string[]): fc.Arbitrary<Declared[]> =>
  fc
    .shuffledSubarray([...names], { minLength: 1 })
    .chain((some) =>
      fc.tuple(
        ...some.map((name) =>
          fc.record({ name: fc.constant(name), type: fc.constantFrom(...TYPES), nullable: fc.boolean() }),
        ),
      ),
    );

const indexed = (names: readonly string[]): fc.Arbitrary<TableSchema['details']['indexes']> =>
  fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('i', 'j', 'u'),
      kind: fc.constantFrom('unique' as const, 'plain' as const),
      parts: fc
        .shuffledSubarray([...names], { minLength: 1, maxLength: Math.min(2, names.length) })
        .map((some) => some.map((column) => ({ column }))),
    }),
    { selector: ({ name }) => name, maxLength: 2 },
  );

/** A source table of some columns, with or without a key. */
const tables: fc.Arbitrary<TableSchema> = declared(NAMES).chain((columns) => {
  const names = columns.map(({ name }) => name);
  return fc
    .record({ key: fc.shuffledSubarray(names, { maxLength: Math.min(2, names.length) }), indexes: indexed(names) })
    .map(({ key, indexes }) => ({
      table: AT,
      id: '1',
      columns: columns.map((each) => ({
        ...each,
        nullable: each.nullable && !key.includes(each.name),
        generated: false,
      })),
      key,
      hasPrimaryKey: key.length > 0,
      hasUniqueKeys: false,
      details: { indexes },
    }));
});

/** Two schemas of one table: mostly the same columns, some of them renamed, dropped, added or declared otherwise. */
export const changes = fc.oneof(
  fc.record({ before: tables, now: tables }),
  fc.tuple(tables, fc.constantFrom(...NAMES), fc.constantFrom('f', 'g')).map(([before, from, to]) => {
    const name = (each: string): string => (each === from ? to : each);
    const now: TableSchema = {
      ...before,
      columns: before.columns.map((column) => ({ ...column, name: name(column.name) })),
      key: before.key.map(name),
      details: {
        indexes: before.details.indexes.map((index) => ({
          ...index,
          parts: index.parts.map(({ column }) => ({ column: name(column) })),
        })),
      },
    };
    return { before, now };
  }),
);

/** Columns that the sink alone has. The source may add one of the same name. */
export const ownColumns = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom(...NAMES, 'f', 'own'),
    type: fc.constantFrom(...TYPES),
    nullable: fc.constant(true),
  }),
  { selector: ({ name }) => name, maxLength: 2 },
);
