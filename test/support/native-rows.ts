import { nativeTasks, type NativeTask, TASK_COLUMNS } from '../../lib/native/native-task.ts';

/** The hexadecimal digits in which MatrixOne 4.2.0 keeps a value. */
export const kept = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('hex');

export const keptLogin = (user: string, port: number): string =>
  kept({ _: '', user, ip: '127.0.0.1', port, reserved: '' });

export const keptTables = (...pairs: readonly (readonly [source: string, sink: string])[]): string =>
  kept({
    pts: pairs.map(([source, sink]) => ({ Source: part(source), Sink: part(sink), reserved: '' })),
    reserved: '',
  });

function part(name: string): { database: string; table: string } {
  const [database = '', table = '*'] = name.split('.');
  return { database, table };
}

type Column = (typeof TASK_COLUMNS)[number];

/** A row of `mo_catalog.mo_cdc_task` as a server of 4.2.0 had it, apart from what the test says. */
export function nativeRow(said: Partial<Record<Column, string>> = {}): string[] {
  const row: Record<Column, string> = {
    account_id: '0',
    task_id: '01a22e68-1519-7476-8150-0652dc824f12',
    task_name: 'activity_sync',
    state: 'paused',
    err_msg: '',
    source_uri: keptLogin('root', 6001),
    sink_uri: keptLogin('root', 6002),
    sink_type: 'matrixone',
    tables: keptTables(['production_db.user_activities', 'analytics_db.analytics_activities']),
    filters: '',
    start_ts: '',
    end_ts: '',
    no_full: '0',
    config_file: '',
    task_create_time: '2026-11-30 21:41:43',
    additional_config: '{"Frequency":"","InitSnapshotSplitTxn":true,"MaxSqlLength":4194304,"SendSqlTimeout":"10m"}',
    ...said,
  };
  return TASK_COLUMNS.map((column) => row[column]);
}

/** The task of such a row, with the watermarks of its tables (nanoseconds, a hyphen and a logical clock). */
export function nativeTaskOf(
  said: Partial<Record<Column, string>> = {},
  watermarks: Readonly<Record<string, string>> = {},
): NativeTask {
  const row = nativeRow(said);
  const [account = '', id = ''] = row;
  const tables = Object.entries(watermarks).map(([name, watermark]) => {
    const { database, table } = part(name);
    return [account, id, database, table, watermark, ''];
  });
  const [task] = nativeTasks([row], tables);
  if (task === undefined) throw new Error('No task.');
  return task;
}
