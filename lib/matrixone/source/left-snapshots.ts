import { positionMillis } from '../../data/position.ts';
import type { EndLeftovers, FoundTrace } from '../../leftovers/findings.ts';
import { quoteName } from '../../sql/identifier.ts';
import type { DatabaseAddress } from '../../task/uri/database-uri.ts';
import { ConnectionPool } from '../../wire/connection-pool.ts';
import { sourceErrors } from '../../wire/end-errors.ts';
import { SessionSettings } from '../../wire/session-settings.ts';
import { classifyMatrixone } from '../server/error-class.ts';
import { retryWhileLocked } from '../server/retry-while-locked.ts';
import { MATRIXONE_SETTINGS } from '../server/settings.ts';
import { readSnapshots } from './history/snapshot-rows.ts';

/** A name that tasks give: of a pin or a barrier. People's own names that begin alike are not of this form. */
const OURS = /^mo_cdc_(?<id>[\da-f]{32})_\d+_[a-z]*\d+$/u;

/** The snapshots of tasks, at a source. */
export class LeftSnapshots implements EndLeftovers {
  readonly #pool: ConnectionPool;

  constructor(address: DatabaseAddress, signal: AbortSignal) {
    const toError = sourceErrors(classifyMatrixone);
    const settings = new SessionSettings(MATRIXONE_SETTINGS, toError);
    this.#pool = new ConnectionPool({ address, settings, toError }, signal);
  }

  async find(): Promise<FoundTrace[]> {
    const found = new Map<string, number[]>();
    for (const { taskId, at } of await this.#list()) found.set(taskId, [...(found.get(taskId) ?? []), at]);
    return [...found].map(([taskId, times]) => ({
      end: 'source',
      taskId,
      what: times.length === 1 ? '1 snapshot' : `${times.length} snapshots`,
      usedAt: Math.max(...times),
    }));
  }

  async remove(taskId: string): Promise<void> {
    for (const { name } of (await this.#list()).filter((each) => each.taskId === taskId)) {
      await this.#pool.use((connection) => retryWhileLocked(connection, `drop snapshot if exists ${quoteName(name)}`));
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #list(): Promise<{ readonly name: string; readonly taskId: string; readonly at: number }[]> {
    const found = await this.#pool.use((connection) => readSnapshots(connection, `left(sname, 7) = 'mo_cdc_'`));
    return found.flatMap(({ name, ts }) => {
      const taskId = OURS.exec(name)?.groups?.['id'];
      return taskId === undefined ? [] : [{ name, taskId, at: positionMillis(ts) }];
    });
  }
}
