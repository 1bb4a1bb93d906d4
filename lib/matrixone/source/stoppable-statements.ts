import type { Connection } from '../../wire/connection.ts';
import { killQuery, type Use } from '../server/kill-query.ts';

/** The connections whose statements are under way, so that they can be stopped. */
export class StoppableStatements {
  readonly #running = new Set<Connection>();

  /** Runs `work`, which sends statements on this connection. */
  async during<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
    this.#running.add(connection);
    try {
      return await work();
    } finally {
      this.#running.delete(connection);
    }
  }

  /** As `during`, until the stream ends. */
  async *stream<T>(
    connection: Connection,
    items: AsyncGenerator<T, void, undefined>,
  ): AsyncGenerator<T, void, undefined> {
    this.#running.add(connection);
    try {
      yield* items;
    } finally {
      this.#running.delete(connection);
    }
  }

  /**
   * Ends the connections first: the work then fails because its connection is gone. If the server's word that the
   * statement was killed came first, the work would take it for a statement that the server cannot carry out.
   */
  async stop(use: Use): Promise<void> {
    const running = [...this.#running];
    for (const connection of running) connection.destroy();
    await Promise.all(running.map((connection) => killQuery(use, connection)));
  }
}
