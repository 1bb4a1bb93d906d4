import {
  type NativeCatalog,
  type NativeTask,
  nativeTasks,
  TASK_COLUMNS,
  WATERMARK_COLUMNS,
} from '../../native/native-task.ts';
import type { DatabaseAddress } from '../../task/uri/database-uri.ts';
import { ConnectionPool } from '../../wire/connection-pool.ts';
import { sourceErrors } from '../../wire/end-errors.ts';
import { SessionSettings } from '../../wire/session-settings.ts';
import { classifyMatrixone } from '../server/error-class.ts';
import { MATRIXONE_SETTINGS } from '../server/settings.ts';
import { isUnsupportedByServer } from '../server/unsupported-by-server.ts';

/** The CREATE CDC tasks of a server. Their catalogue belongs to the account `sys`, and has those of all accounts. */
export class NativeTasks implements NativeCatalog {
  readonly #pool: ConnectionPool;

  constructor(address: DatabaseAddress, signal: AbortSignal) {
    const toError = sourceErrors(classifyMatrixone);
    const settings = new SessionSettings(MATRIXONE_SETTINGS, toError);
    this.#pool = new ConnectionPool({ address, settings, toError }, signal);
  }

  /** Undefined if the user cannot read them. */
  async list(): Promise<NativeTask[] | undefined> {
    try {
      const tasks = await this.#read('mo_cdc_task', TASK_COLUMNS, 'task_name');
      const watermarks = await this.#read('mo_cdc_watermark', WATERMARK_COLUMNS, 'db_name, table_name');
      return nativeTasks(tasks, watermarks);
    } catch (error) {
      if (!isUnsupportedByServer(error)) throw error;
      return undefined;
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #read(table: string, columns: readonly string[], order: string): Promise<string[][]> {
    const sql = `select ${columns.join(', ')} from mo_catalog.${table} order by account_id, ${order}`;
    const { rows } = await this.#pool.use((connection) => connection.query(sql));
    return rows.map((row) => row.map((value) => value?.toString('utf8') ?? ''));
  }
}
