import type { Column } from '../../data/table-definition.ts';
import type { TableName } from '../../task/task.ts';
import { declaredType } from '../../sql/declared-type.ts';
import {
  IDLE_TRANSACTION_SECONDS,
  type Dialect,
  type SinkColumn,
  type SinkDescription,
} from '../../sink/dialect/dialect.ts';
import { columnAnew, nullableLine, dropIndex } from '../../sink/dialect/column-clauses.ts';
import { quoteName, quoteNames } from '../../sql/identifier.ts';
import { matrixoneLiteralOf, matrixoneRangeLiteralOf, quoteText } from '../../sql/literal.ts';
import type { Connection } from '../../wire/connection.ts';
import {
  columnLinesForMatrixone,
  createTableForMatrixone,
  indexLinesForMatrixone,
  indexSignature,
  omittedForMatrixone,
} from './create-table.ts';
import { unalterableForMatrixone, unfitForMatrixone } from './printed-text.ts';
import { sinkDefinition } from './sink-definition.ts';
import { columnsOf, uniqueKeys } from '../definition/table-rules.ts';
import { classifyMatrixone } from '../server/error-class.ts';
import { ordersAlike } from './key-order.ts';
import { loadable, loadField } from './load-field.ts';
import { isMatrixone, untried } from '../server/versions.ts';
import { MATRIXONE_SETTINGS } from '../server/settings.ts';

const patience = (seconds: number): string => `set wait_timeout = ${seconds}`;

/** MatrixOne as a sink. */
export const matrixoneDialect: Dialect = {
  settings: [
    ...MATRIXONE_SETTINGS,
    { name: 'foreign_key_checks', value: 0 },
    { name: 'lock_wait_timeout', value: 10 },
    { name: 'wait_timeout', value: IDLE_TRANSACTION_SECONDS },
  ],
  idleLimit: patience,
  // Of a transaction's size it says nothing, and needs not: what exceeds its workspace is written to objects at once.
  limitVariables: ['max_allowed_packet'],
  limits: (variables) => ({
    packetBytes: Number(variables.get('max_allowed_packet')),
    transactionBytes: Infinity,
  }),
  classify: classifyMatrixone,
  unsuitable: (version, allowUntestedVersion) => {
    if (!isMatrixone(version)) return `it is not MatrixOne (${version}); MySQL and MariaDB are of type mysql`;
    return allowUntestedVersion ? undefined : untried(version);
  },
  hasSnapshot: async (connection, name) => {
    const of = `sname = ${quoteText(name)} and account_name = current_account_name()`;
    return (await connection.query(`select 1 from mo_catalog.mo_snapshots where ${of}`)).rows.length > 0;
  },
  unfitNames: unfitForMatrixone,
  unalterable: unalterableForMatrixone,
  bookkeepingOptions: '',
  createTable: createTableForMatrixone,
  columnLines: columnLinesForMatrixone,
  indexLines: indexLinesForMatrixone,
  omitted: omittedForMatrixone,
  computes: ({ generation }) => generation !== undefined,
  renameColumn: (from, to) => `rename column ${quoteName(from)} to ${quoteName(to.name)}`,
  // With a write to the table in the same transaction 4.2.0 goes down.
  renamesAlone: true,
  altersTogether: false,
  commitsBeforeDdl: false,
  // 4.2.0 keeps both in the index; a DELETE then removes one of them, and the other one stands in the way for ever.
  modifyChecksUnique: false,
  // Not from INT to DATETIME, for example, whatever a column holds, if anything (4.2.0, error 20105).
  modifiesAnyType: false,
  // An index would go on without the column, and a unique one would then refuse rows.
  emptyColumn: (target, { line, nullable, indexes }) => {
    const steps = [...indexes.map(dropIndex), ...columnAnew(line, nullable ? line.line : nullableLine(line))];
    return { statements: steps.map((step) => `alter table ${target} ${step}`), done: nullable };
  },
  describe,
  loadData: (target, columns) => ({
    // The server takes bytes as they are whatever it is told here; a proxy or emulator may not.
    head: `load data local infile 'rows' into table ${target} character set binary`,
    fields: `(${quoteNames(columns.map((column) => column.name))})`,
  }),
  loadable,
  loadField,
  literalOf: matrixoneLiteralOf,
  rangeLiteralOf: matrixoneRangeLiteralOf,
  ordersAlike,
  // LOCAL cuts long texts and bends dates and numbers without a word.
  loadReportsValues: false,
  // No warnings here, and no check of keys either: chunks go into ranges that are empty.
  loadComplaint: (_session, { affectedRows }, rows) =>
    Promise.resolve(
      affectedRows === rows
        ? undefined
        : { failure: 'value-rejected', text: `${affectedRows} of ${rows} rows were taken` },
    ),
  stagedType: (type) => type,
  doubtfulNames: () => undefined,
  staging: { options: '', key: undefined },
  deleteStaged: ({ stage, target, key }) => {
    const names = quoteNames(key);
    return `delete from ${target} where ${key.length === 1 ? names : `(${names})`} in (select ${names} from ${stage})`;
  },
  hasChecksums: true,
  // The same server on both sides prints the same value alike.
  selectedValue: (name) => name,
  valueForm: () => undefined,
};

async function describe(connection: Connection, name: TableName): Promise<SinkDescription | undefined> {
  const found = await sinkDefinition(connection, name);
  if (found === undefined) return undefined;
  return {
    columns: found.columns.map(sinkColumn),
    key: found.primaryKey,
    uniqueKeys: uniqueKeys(found),
    indexes: found.indexes.map((index) => ({
      name: index.name,
      signature: indexSignature(index),
      columns: columnsOf(index),
    })),
  };
}

const sinkColumn = (column: Column): SinkColumn => ({
  name: column.name,
  type: declaredType(column),
  generated: column.generated,
  nullable: column.nullable,
  required: isRequired(column),
});

/** A default that was not understood is one all the same, and none of NOT NULL columns is NULL. */
const isRequired = ({ nullable, generated, autoIncrement = false, default: value }: Column): boolean =>
  !nullable && !generated && !autoIncrement && value === undefined;
