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
import { matrixoneHashing, sameStored } from '../../sql/row-hash.ts';
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
  // The server names no limit for a transaction and needs none: it writes what exceeds its workspace to objects at
  // once.
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
  // 4.2.0 crashes if the same transaction also writes to the table.
  renamesAlone: true,
  altersTogether: false,
  commitsBeforeDdl: false,
  // 10 M rows in 0.1 s, also with a unique key or without a key, and a rollback brings them back (4.2.0).
  emptiesAtOnce: true,
  // 4.2.0 keeps both values in the index. A DELETE then removes one of them, and the other blocks its value for ever.
  modifyChecksUnique: false,
  // For example not from INT to DATETIME, even if the column has no values (4.2.0, error 20105).
  modifiesAnyType: false,
  // Drops the column's indexes first: an index would go on without the column, and a unique one would then refuse rows.
  emptyColumn: (target, { line, nullable, indexes }) => {
    const steps = [...indexes.map(dropIndex), ...columnAnew(line, nullable ? line.line : nullableLine(line))];
    return { statements: steps.map((step) => `alter table ${target} ${step}`), done: nullable };
  },
  describe,
  loadData: (target, columns) => ({
    // The server takes bytes as they are, whatever this says. A proxy or an emulator may not.
    head: `load data local infile 'rows' into table ${target} character set binary`,
    fields: `(${quoteNames(columns.map((column) => column.name))})`,
  }),
  loadable,
  loadField,
  literalOf: matrixoneLiteralOf,
  rangeLiteralOf: matrixoneRangeLiteralOf,
  ordersAlike,
  // LOCAL silently cuts long texts and changes dates and numbers to fit.
  loadReportsValues: false,
  // LOAD DATA gives no warnings here and checks no keys. Chunks are therefore loaded into empty ranges only.
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
  rowHash: 'matrixone',
  hashing: (schema, sinkTypeOf) => (sameStored(schema, sinkTypeOf) ? matrixoneHashing(schema) : undefined),
  // Source and sink are the same kind of server, and print a value alike.
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

/** A default that was not understood is still a default, and a NOT NULL column has no default of NULL. */
const isRequired = ({ nullable, generated, autoIncrement = false, default: value }: Column): boolean =>
  !nullable && !generated && !autoIncrement && value === undefined;
