import { setTimeout as sleep } from 'node:timers/promises';
import type { ResultSet, Connection } from '../../wire/connection.ts';
import { failureOf } from './failure-of.ts';

const PATIENCE_MS = 10_000;
const LONGEST_WAIT_MS = 500;

/**
 * Repeats a statement while others are in its way: the server makes and drops snapshots under a lock, and refuses some
 * that come at the same time (`txn need retry in rc mode`, seen on 4.2.0 with 20 workers).
 */
export async function retryWhileLocked(connection: Connection, sql: string): Promise<ResultSet> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let wait = 10; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    try {
      return await connection.query(sql);
    } catch (error) {
      if (failureOf(error) !== 'locked' || Date.now() > deadline) throw error;
      await sleep(wait / 2 + Math.random() * wait);
    }
  }
}
