import { expectRows, staysSo, untilRows } from './expect.ts';
import type { Shell } from './shell.ts';
import type { Print, Rows, SqlPrompt } from './sql-prompt.ts';

export interface Stage {
  readonly source: SqlPrompt;
  readonly sink: SqlPrompt;
  readonly sourceUri: string;
  readonly sinkUri: string;
  readonly shell: Shell;
  readonly print: Print;
}

const SINK = 'SELECT * FROM analytics_db.analytics_activities';

const LOADED: Rows = [
  ['1', '1001', 'login', '2024-01-01 09:00:00', 'mobile'],
  ['2', '1002', 'like', '2024-01-01 10:15:00', 'desktop'],
  ['3', '1003', 'comment', '2024-01-02 14:30:00', 'mobile'],
];
const CHANGED: Rows = [
  ['1', '1001', 'logout', '2024-01-01 09:00:00', 'mobile'],
  ...LOADED.slice(1),
  ['4', '1004', 'share', '2024-01-03 16:45:00', 'desktop'],
];
const RESUMED: Rows = [...CHANGED, ['5', '1005', 'login', '2024-01-04 08:00:00', 'mobile']];

const PAUSE_WATCHED = 3_000;

/** Plays the scenario step by step, and checks every result. */
export async function playScenario(stage: Stage): Promise<void> {
  await prepare(stage);
  await createTask(stage);
  await replicateChanges(stage);
  await pauseAndResume(stage);
}

async function prepare({ source, sink, print }: Stage): Promise<void> {
  print('### 创建 PITR: create a PITR (the scenario does; a task here does not need one)\n\n');
  await source.show('create pitr pitr_activity for account range 2 "h"');
  print('### 源端建表并插数据: create and fill the table at the source\n\n');
  await source.show('CREATE DATABASE production_db');
  await source.show(`CREATE TABLE production_db.user_activities (
    activity_id INT PRIMARY KEY,
    user_id INT,
    activity_type VARCHAR(50),
    timestamp DATETIME,
    device VARCHAR(20)
)`);
  await source.show(`INSERT INTO production_db.user_activities VALUES
    (1, 1001, 'login', '2024-01-01 09:00:00', 'mobile'),
    (2, 1002, 'like', '2024-01-01 10:15:00', 'desktop'),
    (3, 1003, 'comment', '2024-01-02 14:30:00', 'mobile')`);
  print('### 在下游创建数据库: create the database at the sink\n\n');
  await sink.show('CREATE DATABASE analytics_db');
}

async function createTask(stage: Stage): Promise<void> {
  const { sink, sourceUri, sinkUri, shell, print } = stage;
  print('### 创建 mo_cdc 同步任务: create the task\n\n');
  await shell.show(`./mo_cdc task create \\
    --task-name "activity_sync" \\
    --source-uri "${sourceUri}" \\
    --sink-type "matrixone" \\
    --sink-uri "${sinkUri}" \\
    --level table \\
    --tables "production_db.user_activities:analytics_db.analytics_activities"`);
  const created = untilRows(sink, SINK, LOADED);
  // The failure is reported where the promise is awaited.
  created.catch(() => undefined);
  print('### 查看任务状态: show the task\n\n');
  await expectState(stage, 'running');
  print('### 验证全量同步: is everything copied?\n\n');
  print(await created);
  expectRows(await sink.show(SINK), LOADED, 'The sink');
}

async function replicateChanges({ source, sink, print }: Stage): Promise<void> {
  print('### 增量同步任务: change the source\n\n');
  await source.show(`INSERT INTO production_db.user_activities VALUES
    (4, 1004, 'share', '2024-01-03 16:45:00', 'desktop')`);
  await source.show("UPDATE production_db.user_activities SET activity_type = 'logout' WHERE activity_id = 1");
  print(await untilRows(sink, SINK, CHANGED));
  expectRows(await sink.show(SINK), CHANGED, 'The sink');
}

async function pauseAndResume(stage: Stage): Promise<void> {
  const { source, sink, sourceUri, shell, print } = stage;
  print('### 断点续传: interrupt the task\n\n');
  await shell.show(`./mo_cdc task pause \\
    --task-name "activity_sync" \\
    --source-uri "${sourceUri}"`);
  await expectState(stage, 'paused');
  await source.show(`INSERT INTO production_db.user_activities VALUES
    (5, 1005, 'login', '2024-01-04 08:00:00', 'mobile')`);
  expectRows(await source.show('select * from production_db.user_activities'), RESUMED, 'The source');
  await staysSo(sink, SINK, CHANGED, PAUSE_WATCHED);
  print(`-- For ${PAUSE_WATCHED / 1000} s the sink was watched: the new row did not come, as the task is paused.\n\n`);
  await shell.show(`./mo_cdc task resume \\
    --task-name "activity_sync" \\
    --source-uri "${sourceUri}"`);
  print(await untilRows(sink, SINK, RESUMED));
  print('mysql> -- 下游应包含中断期间的数据: the sink holds what was written during the interruption\n');
  expectRows(await sink.show(SINK), RESUMED, 'The sink');
  await expectState(stage, 'running');
}

async function expectState({ sourceUri, shell }: Stage, state: string): Promise<void> {
  const shown: unknown = JSON.parse(
    await shell.show(`./mo_cdc task show \\
    --task-name "activity_sync" \\
    --source-uri "${sourceUri}"`),
  );
  const found: unknown = Array.isArray(shown) ? shown[0] : undefined;
  if (typeof found === 'object' && found !== null && 'state' in found && found.state === state) return;
  throw new Error(`The task should be ${state}.`);
}
