import type { TableName } from '../task/task.ts';
import { isMissing } from '../mysql/bookkeeping.ts';
import { PATIENCE, type Dialect, type SinkDescription } from '../mysql/dialect.ts';
import { quoteNames, quoteTable } from '../mysql/identifier.ts';
import type { Session } from '../mysql/session.ts';
import { columnLinesForMatrixone, createTableForMatrixone } from './create-table.ts';
import { parseCreateTable, type ParsedColumn } from './create-table-parser.ts';
import { classifyMatrixone } from './error-class.ts';

/** Strict, and zero in an AUTO_INCREMENT column is a value like any other. */
const SQL_MODE = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION';

const patience = (seconds: number): string => `set wait_timeout = ${seconds}`;

const SETUP = [
  "set time_zone = '+00:00'",
  'set foreign_key_checks = 0',
  `set sql_mode = '${SQL_MODE}'`,
  patience(PATIENCE),
  'set lock_wait_timeout = 10',
];

/** MatrixOne as a sink. */
export const matrixoneDialect: Dialect = {
  setup: SETUP,
  patience,
  classify: classifyMatrixone,
  unsuitable: (version) =>
    /matrixone/iu.test(version) ? undefined : `it is not MatrixOne (${version}); MySQL and MariaDB are of type mysql`,
  bookkeepingOptions: '',
  createTable: createTableForMatrixone,
  columnLines: columnLinesForMatrixone,
  describe,
  loadData: (target, columns) => ({
    // The server takes bytes as they are whatever it is told here; a proxy or emulator may not.
    head: `load data local infile 'rows' into table ${target} character set binary`,
    fields: `(${quoteNames(columns.map((column) => column.name))})`,
  }),
  // A label of digits is taken for the number of a label.
  loadable: ({ type }) => !/^(?:enum|set)\b.*'\s*\d+\s*'/su.test(type),
  // "7" would become the number 7.
  loadTrimsJson: true,
  // LOCAL cuts long texts and bends dates and numbers without a word.
  loadReportsValues: false,
  // No warnings here, and no check of keys either: chunks go into ranges that are empty.
  loadComplaint: (_session, { affectedRows }, rows) =>
    Promise.resolve(
      affectedRows === rows
        ? undefined
        : { failure: 'value-rejected', text: `${affectedRows} of ${rows} rows were taken` },
    ),
  deleteStaged: ({ stage, target, key }) => {
    const names = quoteNames(key);
    return `delete from ${target} where ${key.length === 1 ? names : `(${names})`} in (select ${names} from ${stage})`;
  },
  hasChecksums: true,
  // The same server on both sides prints the same value alike.
  selectedValue: (name) => name,
  valueForm: () => undefined,
};

async function describe(session: Session, name: TableName): Promise<SinkDescription | undefined> {
  const parsed = parseCreateTable((await showCreateTable(session, name)) ?? '');
  return parsed === undefined
    ? undefined
    : { columns: parsed.columns.map((column) => ({ ...column, required: required(column) })), key: parsed.key };
}

/** A default would be printed in the definition. */
const required = ({ nullable, generated, autoIncrement, definition }: ParsedColumn): boolean =>
  !nullable && !generated && !autoIncrement && !/\bDEFAULT\b/iu.test(definition);

async function showCreateTable(session: Session, name: TableName): Promise<string | undefined> {
  try {
    return (await session.query(`show create table ${quoteTable(name)}`)).rows[0]?.[1]?.toString('utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
