import { CdcError } from '../errors.ts';
import type { Session } from '../mysql/session.ts';
import { tableKey, type TableName } from '../task/task.ts';

/**
 * How the server says that a table is made; `from` is the table quoted, at a pin or not. Undefined where it says nothing.
 *
 * MatrixOne 4.2.0 makes a SELECT of its answer, in which it puts the table's name between double quotes as it is.
 */
export async function shownDefinition(session: Session, table: TableName, from: string): Promise<string | undefined> {
  try {
    return (await session.query(`show create table ${from}`)).rows[0]?.[1]?.toString('utf8');
  } catch (error) {
    const isUnsaid = error instanceof CdcError && error.message.includes('SQL syntax') && table.table.includes('"');
    if (!isUnsaid) throw error;
    const why = 'the server cannot say how it is made, because its name has double quotes';
    throw new CdcError('TABLE_NAME_UNSUPPORTED', `The table ${tableKey(table)} cannot be read: ${why}.`, {
      cause: error,
    });
  }
}
