import type { Connection } from '../../wire/connection.ts';

/** A connection that creates and alters tables. */
export interface Altering {
  readonly connection: Connection;
  /** Runs a statement that changes something, unless a newer worker holds the fence. */
  run(sql: string): Promise<void>;
}
