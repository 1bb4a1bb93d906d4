import { DatabaseSink } from './sink/database-sink.ts';
import type { Dialect } from './sink/dialect/dialect.ts';
import { mysqlDialect } from './mysql/mysql-dialect.ts';
import type { Connectors } from './replication/endpoints/connectors.ts';
import { parseDatabaseUri } from './task/uri/database-uri.ts';
import type { SecretReader } from './store/secrets.ts';
import { isWithoutCopy, type SinkType, type TaskOptions, type TaskSpec } from './task/task.ts';
import { matrixoneDialect } from './matrixone/sink/matrixone-dialect.ts';
import { MatrixoneSource } from './matrixone/source/matrixone-source.ts';
import type { TableRules } from './matrixone/definition/table-rules.ts';

export const DIALECTS: Readonly<Record<SinkType, Dialect>> = { matrixone: matrixoneDialect, mysql: mysqlDialect };

/** The sink's database for fences and plans of loads. */
export const BOOKKEEPING_DATABASE = 'mo_cdc';

/** Opens the source of a task, or of one that somebody thinks of. */
export const sourceWith =
  (secrets?: SecretReader) =>
  ({ sourceUri, options }: Pick<TaskSpec, 'sourceUri' | 'options'>, signal: AbortSignal): MatrixoneSource =>
    new MatrixoneSource(parseDatabaseUri(sourceUri), signal, rulesOf(options), options, secrets);

/** Connects both ends of a task to database servers. `secrets` reads passwords that the URIs refer to. */
export const connectorsWith = (secrets?: SecretReader): Connectors => ({
  source: sourceWith(secrets),
  sink: (spec, taskId, signal) =>
    new DatabaseSink({
      address: parseDatabaseUri(spec.sinkUri),
      dialect: DIALECTS[spec.sinkType],
      taskId,
      database: BOOKKEEPING_DATABASE,
      signal,
      secrets,
      maxSqlLength: spec.options.maxSqlLength,
      sendSqlTimeoutMs: spec.options.sendSqlTimeoutMs ?? undefined,
      allowUntestedVersion: spec.options.allowUntestedVersion,
    }),
});

/** Connectors for URIs that contain their passwords. */
export const databaseConnectors: Connectors = connectorsWith();

/** In a task without a load, `replace` would write the rows that the task leaves out, so `refuse` takes its place. */
const rulesOf = ({ changeReader, withoutKey, ...options }: TaskOptions): TableRules => ({
  changeReader,
  withoutKey: isWithoutCopy(options) ? 'refuse' : withoutKey,
});
