import type { Row } from '../data/change.ts';
import { nullableLine } from '../sink/dialect/column-clauses.ts';
import { mysqlColumnType } from '../sql/column-type.ts';
import {
  columnLinesForMysql,
  createTableForMysql,
  indexLinesForMysql,
  omittedForMysql,
  trialTableForMysql,
} from './create-table.ts';
import { IDLE_TRANSACTION_SECONDS, type Dialect, type LoadComplaint } from '../sink/dialect/dialect.ts';
import { classifyMysql } from '../wire/error-class.ts';
import { quoteName } from '../sql/identifier.ts';
import { ordersAlike } from './key-order.ts';
import { LIMIT_VARIABLES, readLimits } from './mysql-limits.ts';
import { describeTable } from './mysql-description.ts';
import { doubtfulNames, unfitNames } from './mysql-names.ts';
import { mysqlLiteralOf } from '../sql/literal.ts';
import { type Setting, UTF8 } from '../wire/session-settings.ts';
import { textHashing } from '../sql/row-text.ts';
import { mysqlText } from '../sql/value-text.ts';
import { selectedValue, valueForm } from './value-form.ts';

/**
 * Strict, so that no value is changed to fit. Zero dates and zeros in AUTO_INCREMENT columns are values like any other.
 */
const SQL_MODE = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION';

const SETTINGS: readonly Setting[] = [
  // Statements are UTF-8, and backslashes escape.
  ...UTF8,
  { name: 'collation_connection', value: 'utf8mb4_bin' },
  { name: 'sql_mode', value: SQL_MODE },
  { name: 'time_zone', value: '+00:00' },
  // These two also limit the answer to SHOW VARIABLES.
  { name: 'sql_select_limit', value: 18446744073709551615n },
  { name: 'sql_big_selects', value: 1 },
  { name: 'autocommit', value: 1 },
  { name: 'foreign_key_checks', value: 0 },
  // A note is no reason to refuse a row.
  { name: 'sql_notes', value: 0 },
  { name: 'lock_wait_timeout', value: 10 },
  { name: 'innodb_lock_wait_timeout', value: 10 },
  { name: 'wait_timeout', value: IDLE_TRANSACTION_SECONDS },
  { name: 'net_read_timeout', value: IDLE_TRANSACTION_SECONDS },
  { name: 'net_write_timeout', value: IDLE_TRANSACTION_SECONDS },
  // Defaults of nearly every server.
  ...[
    // The isolation level has one name in MySQL and another in MariaDB.
    ['transaction_isolation', 'REPEATABLE-READ'] as const,
    ['tx_isolation', 'REPEATABLE-READ'] as const,
    // Otherwise the server may accept two rows with the same unique value.
    ['unique_checks', 1] as const,
    // Otherwise `k is null` may match the row that was inserted last.
    ['sql_auto_is_null', 0] as const,
    ['sql_safe_updates', 0] as const,
    // Otherwise a commit may begin the next transaction.
    ['completion_type', 'NO_CHAIN'] as const,
    ['default_storage_engine', 'InnoDB'] as const,
  ].map(([name, value]): Setting => ({ name, value, whereKnown: true })),
  // Warnings tell which values LOAD DATA has changed. In MySQL, setting this needs a right.
  { name: 'max_error_count', value: 64, whereKnown: true, atLeast: true },
];

/**
 * A sink column's type as the server prints it, safe for a statement. Labels are not safe: information_schema shows
 * question marks for characters of four bytes, and anybody may have made the table. A long text holds every label.
 */
const sinkType = (type: string): string =>
  SINK_TYPE.test(type) ? type : 'longtext character set utf8mb4 collate utf8mb4_bin';
const SINK_TYPE =
  /^[a-z][a-z0-9]*(?: precision)?(?:\(\d{1,10}(?:,\d{1,10})?\))?(?: unsigned)?(?: zerofill)?(?: character set \w+ collate \w+)?$/u;

const patience = (seconds: number): string =>
  `set wait_timeout = ${seconds}, net_read_timeout = ${seconds}, net_write_timeout = ${seconds}`;

const DUPLICATE = new Set([1022, 1062, 1586]);

const textAt = (row: Row | undefined, index: number): string => row?.[index]?.toString('utf8') ?? '';

/** MySQL 8 and MariaDB. */
export const mysqlDialect: Dialect = {
  settings: SETTINGS,
  idleLimit: patience,
  limitVariables: LIMIT_VARIABLES,
  limits: readLimits,
  classify: classifyMysql,
  unsuitable: (version) => {
    if (/matrixone/iu.test(version)) return `it is MatrixOne (${version}), whose sink type is matrixone`;
    const major = Number(/^\d+/u.exec(version)?.[0] ?? 0);
    return major < 8 ? `${version} is older than MySQL 8` : undefined;
  },
  unfitNames,
  doubtfulNames,
  unalterable: () => undefined,
  bookkeepingOptions: 'engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin',
  createTable: createTableForMysql,
  trialTable: trialTableForMysql,
  columnLines: columnLinesForMysql,
  indexLines: indexLinesForMysql,
  omitted: omittedForMysql,
  computes: () => false,
  // Older versions of MariaDB have no RENAME COLUMN.
  renameColumn: (from, to) => `change column ${quoteName(from)} ${to.line}`,
  renamesAlone: false,
  altersTogether: true,
  commitsBeforeDdl: true,
  emptiesAtOnce: false,
  modifyChecksUnique: true,
  modifiesAnyType: true,
  // NULLs fit every type, and no unique key minds them. Dropping the column would take it out of its indexes.
  emptyColumn: (target, { column, line, nullable }) => {
    const name = quoteName(line.name);
    const alter = (declared: string): string => `alter table ${target} modify column ${declared}`;
    return {
      statements: [
        ...(column.nullable ? [] : [alter(`${name} ${sinkType(column.type)} null`)]),
        `update ${target} set ${name} = null where ${name} is not null`,
        alter(nullable ? line.line : nullableLine(line)),
      ],
      done: nullable,
    };
  },
  describe: describeTable,
  // With `binary`, no byte is converted. Only JSON columns of MySQL refuse that character set.
  loadData: (target, columns) => {
    const json = new Set(columns.filter((column) => mysqlColumnType(column.type) === 'json'));
    const fields = columns.map((column, i) => (json.has(column) ? `@v${i}` : quoteName(column.name))).join(', ');
    const sets = columns.flatMap((column, i) =>
      json.has(column) ? [`${quoteName(column.name)} = convert(@v${i} using utf8mb4)`] : [],
    );
    return {
      head: `load data local infile 'rows' into table ${target} character set binary`,
      fields: `(${fields})${sets.length === 0 ? '' : ` set ${sets.join(', ')}`}`,
    };
  },
  loadable: () => true,
  loadField: () => undefined,
  literalOf: mysqlLiteralOf,
  rangeLiteralOf: mysqlLiteralOf,
  ordersAlike,
  loadReportsValues: true,
  // LOCAL implies IGNORE: the server changes a bad value, or skips a duplicate key, and only warns.
  loadComplaint: async (connection, { affectedRows, warnings }, rows) => {
    if (affectedRows === rows && warnings === 0) return undefined;
    return complaint(await connection.query('show warnings limit 5'), `${affectedRows} of ${rows} rows were taken`);
  },
  stagedType: sinkType,
  // An administrator may have set another engine for temporary tables: one without texts, or without transactions.
  staging: {
    options: ' engine = InnoDB',
    key: `${quoteName('__mo_cdc_row')} bigint unsigned not null auto_increment primary key`,
  },
  // The join order is fixed, because the staging table has no statistics. Without a default database, an alias cannot
  // name the deleted table.
  deleteStaged: ({ stage, target, key }) =>
    `delete ${target} from ${stage} as s straight_join ${target} on ${key
      .map((name) => `${target}.${quoteName(name)} = s.${quoteName(name)}`)
      .join(' and ')}`,
  rowHash: 'text',
  hashing: (schema, sinkTypeOf) => textHashing(schema, (column) => mysqlText(column, sinkTypeOf(column))),
  selectedValue,
  valueForm,
};

function complaint({ rows }: { readonly rows: readonly Row[] }, otherwise: string): LoadComplaint {
  const duplicate = rows.some((row) => DUPLICATE.has(Number(textAt(row, 1))));
  const text = rows.map((row) => textAt(row, 2)).join('; ');
  return { failure: duplicate ? 'duplicate-key' : 'value-rejected', text: text === '' ? otherwise : text };
}
