import { CdcError } from '../errors.ts';
import type { Connection } from './connection.ts';

/** COMMIT failed, so it is unknown whether the transaction was committed. */
export class CommitUnknownError extends CdcError {}

/** Runs `work` in a transaction. Commits if it succeeds, and rolls back if it throws. */
export async function inTransaction<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.query('begin');
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await rollback(connection);
    throw error;
  }
  await commit(connection);
  return result;
}

async function commit(connection: Connection): Promise<void> {
  try {
    await connection.query('commit');
  } catch (error) {
    if (error instanceof CdcError) throw new CommitUnknownError(error.code, error.message, { cause: error });
    throw error;
  }
}

/** Rolls back at once if the server still answers, so that the locks do not outlive the error. */
async function rollback(connection: Connection): Promise<void> {
  if (!connection.alive) return;
  try {
    await connection.query('rollback');
  } catch {
    connection.destroy();
  }
}
