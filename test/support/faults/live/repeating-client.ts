import { setTimeout as sleep } from 'node:timers/promises';
import { type RawRow, SqlClient } from '../../sql-client.ts';

/** What MatrixOne says to the one that it ends to break a deadlock. With autocommit, nothing is left of the statement. */
const DEADLOCK = 20701;
const MOST = 20;
const PAUSE_MS = 100;

/**
 * Sends a statement again that a deadlock has ended, as applications do. The snapshots and schema changes of all tasks lock the
 * same rows of MatrixOne's catalogue, so an ALTER TABLE may be the one that is ended.
 */
export class RepeatingClient extends SqlClient {
  override async query(sql: string): Promise<RawRow[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await super.query(sql);
      } catch (error) {
        if ((error as { errno?: unknown }).errno !== DEADLOCK || attempt === MOST) throw error;
        await sleep(PAUSE_MS);
      }
    }
  }
}
