import type { Session } from '../../wire/connection.ts';
import type { Pin } from '../../data/position.ts';

/** Lends a session for reading at pins. */
export type Use = <T>(pins: readonly Pin[], work: (session: Session) => Promise<T>) => Promise<T>;

/**
 * Stops what a session is waiting for. A diff would be gone on with for nobody, even without the connection (4.2.0). Where
 * it cannot be stopped, it has to be waited out.
 */
export async function killQuery(use: Use, { id }: Session): Promise<void> {
  try {
    await use([], (session) => session.query(`kill query ${id}`));
  } catch {
    // It has ended meanwhile, or another node of the server has it.
  }
}
