import type { Session } from '../../wire/connection.ts';

/** A session in which tables are made and altered. */
export interface Altering {
  readonly session: Session;
  /** Runs a statement that changes something, unless a newer worker holds the fence. */
  run(sql: string): Promise<void>;
}
