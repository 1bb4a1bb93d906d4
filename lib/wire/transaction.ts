import { CdcError } from '../errors.ts';
import type { Session } from './connection.ts';

/** COMMIT failed: what became of the transaction is unknown. */
export class CommitUnknownError extends CdcError {}

/** Runs `work` in a transaction of the session: committed when it succeeds, rolled back when it throws. */
export async function inTransaction<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.query('begin');
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await rollback(session);
    throw error;
  }
  await commit(session);
  return result;
}

async function commit(session: Session): Promise<void> {
  try {
    await session.query('commit');
  } catch (error) {
    if (error instanceof CdcError) throw new CommitUnknownError(error.code, error.message, { cause: error });
    throw error;
  }
}

/** At once where the server still answers, so that its locks do not outlive the error. */
async function rollback(session: Session): Promise<void> {
  if (!session.alive) return;
  try {
    await session.query('rollback');
  } catch {
    session.destroy();
  }
}
