import { randomUUID } from 'node:crypto';
import { TASK_COLUMNS } from '../../lib/native/native-task.ts';
import { quoteText } from '../../lib/sql/literal.ts';
import { parseDatabaseUri } from '../../lib/task/uri/database-uri.ts';
import { eventually } from './eventually.ts';
import { keptLogin, keptTables, nativeRow } from './native-rows.ts';
import type { SqlClient } from './sql-client.ts';

/** Does the source carry out what CREATE CDC makes? The emulator only keeps it. */
export const carriesOutNative = (): boolean => process.env['MATRIXONE_SOURCE'] !== undefined;

export interface NativeToMake {
  readonly name: string;
  readonly sourceUri: string;
  readonly sinkUri: string;
  /** `db.table`. */
  readonly from: string;
  readonly to: string;
  /** A first copy is made, and the source is looked at all the time; otherwise neither. */
  readonly full: boolean;
}

/** What a task without a first copy leaves out. */
export const EXCLUDE = String.raw`\.tmp_`;

/** Makes a task of CREATE CDC, or what a real server keeps of one. It needs a PITR. */
export async function createNative(source: SqlClient, task: NativeToMake): Promise<void> {
  const { name, sourceUri, sinkUri, from, to, full } = task;
  if (carriesOutNative()) {
    const more = full ? '' : `, 'Frequency'='1h', 'NoFull'='true', 'Exclude'='\\\\.tmp_'`;
    await source.run(
      `create cdc ${name} '${sourceUri}' 'matrixone' '${sinkUri}' '${from}:${to}' {'Level'='table'${more}}`,
    );
    return;
  }
  const [own, other] = [parseDatabaseUri(sourceUri), parseDatabaseUri(sinkUri)];
  const row = nativeRow({
    task_id: randomUUID(),
    task_name: name,
    state: 'running',
    source_uri: keptLogin(own.user, own.port),
    sink_uri: keptLogin(other.user, other.port),
    tables: keptTables([from, to]),
    ...(full ? {} : { filters: EXCLUDE, no_full: '1', additional_config: '{"Frequency":"1h"}' }),
  });
  await source.run(
    `insert into mo_catalog.mo_cdc_task (${TASK_COLUMNS.join(', ')}) values (${row.map(quoteText).join(', ')})`,
  );
}

export async function pauseNative(source: SqlClient, name: string): Promise<void> {
  if (!carriesOutNative()) {
    await source.run(`update mo_catalog.mo_cdc_task set state = 'paused' where task_name = '${name}'`);
    return;
  }
  // A new task cannot be paused before it runs.
  await eventually('the server takes the pause', () =>
    source.run(`pause cdc task ${name}`).then(
      () => true,
      (error: unknown) => {
        if (!String(error).includes('now it is Created')) throw error;
      },
    ),
  );
  await eventually('the task is paused', async () => {
    const states = await source.sorted(`select state from mo_catalog.mo_cdc_task where task_name = '${name}'`);
    return states.some((state) => state.includes('paused')) ? true : undefined;
  });
}

export const dropNative = (source: SqlClient, name: string): Promise<void> =>
  source.run(
    carriesOutNative()
      ? `drop cdc if exists task ${name}`
      : `delete from mo_catalog.mo_cdc_task where task_name = '${name}'`,
  );
