import type { Connection } from '../../wire/connection.ts';
import type { Pin } from '../../data/position.ts';

/** Lends a connection for reading at pins. */
export type Use = <T>(pins: readonly Pin[], work: (connection: Connection) => Promise<T>) => Promise<T>;

/**
 * Stops the statement that a connection is waiting for: the server would go on with a diff even without the connection
 * (4.2.0). If it cannot be stopped, the server finishes it.
 */
export async function killQuery(use: Use, { id }: Connection): Promise<void> {
  try {
    await use([], (connection) => connection.query(`kill query ${id}`));
  } catch {
    // The statement has ended meanwhile, or runs on another node of the server.
  }
}
