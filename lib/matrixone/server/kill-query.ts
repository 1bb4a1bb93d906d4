import type { Connection } from '../../wire/connection.ts';
import type { Pin } from '../../data/position.ts';

/** Lends a session for reading at pins. */
export type Use = <T>(pins: readonly Pin[], work: (connection: Connection) => Promise<T>) => Promise<T>;

/**
 * Stops what a session is waiting for. A diff would be gone on with for nobody, even without the connection (4.2.0). Where
 * it cannot be stopped, it has to be waited out.
 */
export async function killQuery(use: Use, { id }: Connection): Promise<void> {
  try {
    await use([], (connection) => connection.query(`kill query ${id}`));
  } catch {
    // It has ended meanwhile, or another node of the server has it.
  }
}
