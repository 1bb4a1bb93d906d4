import { CdcError } from '../errors.ts';
import type { Connection } from './connection.ts';

/** COMMIT failed: what became of the transaction is unknown. */
export class CommitUnknownError extends CdcError {}

/** Runs `work` in a transaction of the session: committed when it succeeds, rolled back when it throws. */
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

/** At once where the server still answers, so that its locks do not outlive the error. */
async function rollback(connection: Connection): Promise<void> {
  if (!connection.alive) return;
  try {
    await connection.query('rollback');
  } catch {
    connection.destroy();
  }
}
