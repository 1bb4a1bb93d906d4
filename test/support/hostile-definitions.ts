import fc from 'fast-check';
import type {
  Column,
  ColumnDefault,
  Expression,
  Partitioning,
  TableDefinition,
  TableIndex,
} from '../../lib/data/table-definition.ts';

/** Texts that end literals, names, comments and statements, and texts with which an attack would continue. */
const PIECES = [
  ...["'", '"', '`', '\\', "\\'", "''", '``', ';', '--', '-- ', '#', '/*', '*/', '/*!50000', '\n', '\r', '\0'],
  ...[
    '\x1a',
    '\t',
    '\b',
    '(',
    ')',
    ',',
    '=',
    '%',
    '_',
    '{snapshot',
    '\u202e',
    '\u2066',
    '\ufeff',
    '\u2028',
    '表',
    'İ',
    '🐤',
    'é',
  ],
  ...[
    ',\n  PRIMARY KEY (`id`)\n) auto_increment=1',
    '; drop database canary; commit',
    'null',
    "x'41'",
    '0x41',
    'select',
    ' as ',
  ],
  ...[
    "')); drop database canary; -- ",
    "' comment '",
    '` int, `',
    '*/ drop table canary.canary; /*',
    ') engine=innodb',
  ],
];

const basic = (character: string): string => String.fromCodePoint((character.codePointAt(0) ?? 0) % 0xd800);

const anyText = fc.oneof(
  {
    arbitrary: fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')),
    weight: 8,
  },
  // Every class of characters except lone surrogates, which are no text on any server. MySQL allows no name with
  // characters of the last range.
  {
    arbitrary: fc
      .string({ unit: 'binary', maxLength: 12 })
      .map((text) => text.toWellFormed().replaceAll(/[\u{10000}-\u{10ffff}]/gu, basic)),
    weight: 8,
  },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.toWellFormed()), weight: 1 },
);

/** Names that servers allow: no NUL, at most 64 characters, no space at the end. */
const anyName = anyText
  .map((text) => Array.from(text.replaceAll('\0', '')).slice(0, 60).join('').trim())
  .filter((name) => name !== '');

const TYPES = [
  'int',
  'bigint unsigned',
  'varchar(200)',
  'varchar(20)',
  'decimal(20,3)',
  'datetime(3)',
  'double',
  'text',
  'json',
  'date',
];
/** Texts that are no types. Code that writes a type into a statement must refuse them. */
export const BAD_TYPES = [
  'int/*`*/',
  'int), x int',
  "enum('a')",
  'varchar(20) comment',
  'int; drop table t',
  'int\n',
  'int --',
  '',
];

const anyDefault: fc.Arbitrary<ColumnDefault> = fc.oneof(
  anyText.map((text) => ({ kind: 'text', text }) as const),
  fc.constantFrom('1', '-2.5', '1e3').map((text) => ({ kind: 'number', text }) as const),
  fc.constant({ kind: 'now' } as const),
  fc.constant({ kind: 'unknown' } as const),
);

/** Only texts can be hostile: all other tokens are words of a fixed list, or names of columns. */
const condition = (column: string): fc.Arbitrary<Expression> =>
  anyText.map((text): Expression => [
    { kind: 'column', text: column },
    { kind: 'symbol', text: '<>' },
    { kind: 'text', text },
  ]);

const anyColumn = (name: string): fc.Arbitrary<Column> =>
  fc
    .record({
      type: fc.constantFrom(...TYPES),
      nullable: fc.boolean(),
      comment: fc.option(anyText, { nil: undefined }),
      default: fc.option(anyDefault, { nil: undefined }),
      labels: fc.option(
        fc.uniqueArray(
          anyText.map((text) => text.replaceAll(',', '')),
          { minLength: 1, maxLength: 3 },
        ),
        {
          nil: undefined,
        },
      ),
    })
    .map(({ labels, comment, default: value, type, nullable }): Column => ({
      name,
      type:
        labels === undefined
          ? value?.kind === 'text'
            ? 'varchar(200)'
            : value?.kind === 'now'
              ? 'datetime(3)'
              : value?.kind === 'number'
                ? 'double'
                : type
          : 'enum',
      nullable,
      generated: false,
      ...(labels === undefined ? {} : { labels }),
      ...(comment === undefined ? {} : { comment }),
      ...(value === undefined || type === 'json' || labels !== undefined ? {} : { default: value }),
    }));

const KEY: Column = { name: 'id', type: 'varchar(60)', nullable: false, generated: false };

const anyPartitioning: fc.Arbitrary<Partitioning> = anyText.map((text) => ({
  by: [
    ...(['list', 'columns'] as const).map((word) => ({ kind: 'word', text: word }) as const),
    { kind: 'symbol', text: '(' },
    { kind: 'column', text: 'id' },
    { kind: 'symbol', text: ')' },
  ],
  partitions: [
    {
      name: 'p0',
      values: [
        { kind: 'word', text: 'values' },
        { kind: 'word', text: 'in' },
        { kind: 'symbol', text: '(' },
        { kind: 'text', text },
        { kind: 'symbol', text: ')' },
      ],
    },
  ],
}));

/** A table with any text in every place that can have one, as a hostile user, or an unlucky one, may define it. */
export const hostileDefinition: fc.Arbitrary<TableDefinition> = fc
  .uniqueArray(anyName, { minLength: 1, maxLength: 4, selector: (name) => name.toLowerCase().normalize('NFKD') })
  .filter((names) => !names.some((name) => name.toLowerCase() === 'id'))
  .chain((names) =>
    fc.record({
      columns: fc.tuple(...names.map(anyColumn)),
      comment: fc.option(anyText, { nil: undefined }),
      index: fc.option(fc.record({ name: anyName, comment: fc.option(anyText, { nil: undefined }) }), {
        nil: undefined,
      }),
      check: fc.option(condition(names[0] ?? ''), { nil: undefined }),
      checkName: anyName,
      partitioning: fc.oneof(
        { arbitrary: fc.constant(undefined), weight: 9 },
        { arbitrary: anyPartitioning, weight: 1 },
      ),
    }),
  )
  .map(({ columns, comment, index, check, checkName, partitioning }): TableDefinition => ({
    columns: [KEY, ...columns],
    primaryKey: ['id'],
    indexes: index === undefined ? [] : [indexOf(index.name, index.comment)],
    ...(comment === undefined ? {} : { comment }),
    ...(check === undefined ? {} : { checks: [{ name: checkName, condition: check }] }),
    ...(partitioning === undefined ? {} : { partitioning }),
  }));

const indexOf = (name: string, comment: string | undefined): TableIndex => ({
  name,
  kind: 'plain',
  parts: [{ column: 'id' }],
  ...(comment === undefined ? {} : { comment }),
});
