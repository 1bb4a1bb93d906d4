import { CdcError } from '../../errors.ts';
import { isWithoutCopy, tableKey, type TableName, type TableKey } from '../../task/task.ts';
import type { Endpoints } from '../tables/endpoints.ts';
import { missingTables, stepsOf, type WindowPlan } from './window-plan.ts';
import type { Session, StoredTask, TaskNow } from '../session/session.ts';
import { isComingBack, notAside } from '../tables/set-aside.ts';
import type { SchemaChange } from '../endpoints/sink-tables.ts';
import { TableError } from '../../data/table-error.ts';

interface Found {
  readonly source: TableName;
  readonly change: SchemaChange;
  /**
   * True when only a resync could follow the change, which would copy rows that a task without a load must leave out.
   */
  readonly forbidden: boolean;
}

/**
 * With `schemaChange` `stop`, stops the task before anything of the window is stored. The error names the statements
 * that the operator should run at the sink. Once the operator has run them, the window goes on and alters nothing
 * itself.
 */
export async function followedOrStopped(
  session: Session,
  { sink }: Endpoints,
  plan: WindowPlan,
  wasThere: (key: TableKey) => boolean,
): Promise<WindowPlan> {
  const { schemaChange } = session.record.spec.options;
  // A pending window passed this check before, and the sink may have changed since then.
  if (session.progress.pending !== undefined) return accepted(session, plan);
  const all = candidates(session, plan, wasThere);
  const found = schemaChange === 'stop' ? all : all.filter(({ forbidden }) => forbidden);
  const open: { source: TableName; text: string }[] = [];
  for (const { source, change, forbidden } of found) {
    const statements = await sink.statementsFor(change);
    if (forbidden || statements.length > 0) open.push({ source, text: told(source, change, statements) });
  }
  refuse(session, open);
  return accepted(session, plan);
}

/** Tables that are coming back, or are new to the task, are no candidates: the user asked for them. */
function candidates(session: StoredTask & TaskNow, plan: WindowPlan, wasThere: (key: TableKey) => boolean): Found[] {
  const withoutCopy = isWithoutCopy(session.record.spec.options);
  const absent = new Set(missingTables(plan));
  const missing = plan.set.kept.filter(({ source }) => absent.has(tableKey(source)) && wasThere(tableKey(source)));
  const resynced = stepsOf(plan, 'resync').filter(
    ({ table, isNew = false }) => !isNew && !isComingBack(session, tableKey(table.schema.table)),
  );
  // The task already reported the error of a table that is set aside.
  const dropped = notAside(session.progress, [...missing, ...plan.set.dropped]);
  return [
    ...[...stepsOf(plan, 'alter'), ...resynced].map(({ action, table: { name, schema }, before }): Found => {
      return { source: schema.table, change: { name, schema, before }, forbidden: action === 'resync' && withoutCopy };
    }),
    ...dropped.map(({ source, sink: name }): Found => {
      return { source, change: { name, schema: undefined, before: undefined }, forbidden: false };
    }),
  ];
}

function refuse({ record }: StoredTask, open: readonly { source: TableName; text: string }[]): void {
  const [first] = open;
  if (first === undefined) return;
  if (record.spec.options.tableErrors === 'ignore') {
    throw new TableError(first.source, new CdcError('SCHEMA_CHANGED', first.text));
  }
  throw new CdcError('SCHEMA_CHANGED', open.map(({ text }) => text).join(' '));
}

function told(source: TableName, { schema }: SchemaChange, statements: readonly string[]): string {
  const what = schema === undefined ? 'dropped' : 'altered, truncated or made anew';
  const run =
    statements.length === 0 ? '' : ` At the sink: ${statements.map((statement) => `${statement};`).join(' ')}`;
  return `${tableKey(source)} was ${what} at the source.${run}`;
}

/** A task that stops at schema changes leaves them to its operator. */
function accepted({ record }: StoredTask, plan: WindowPlan): WindowPlan {
  if (record.spec.options.schemaChange === 'follow') return plan;
  const steps = plan.steps.map((step) => ('before' in step ? { ...step, before: undefined } : step));
  return { ...plan, steps };
}
