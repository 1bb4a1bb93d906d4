import { expect, vi } from 'vitest';
import { SqlClient } from '../sql-client.ts';

/** How somebody controls a task: by the console, by files, or by an installed tool. */
export interface Way {
  /** Creates the task `activity_sync` of the scenario. */
  create(): Promise<void>;
  /** Called when the source has changed, if something has to be done then. */
  changed?(): Promise<void>;
  /** Stops the task, and returns once it is stopped. */
  interrupt(): Promise<void>;
  goOn(): Promise<void>;
  drop(): Promise<void>;
}

export const TASK = 'activity_sync';
export const TABLES = { source: 'production_db.user_activities', sink: 'analytics_db.analytics_activities' } as const;
/** While the task is stopped, nothing may come. Milliseconds. */
const WATCHED_MS = 1_500;

/** Plays the scenario, and checks after each step that both ends are equal, or that the sink stands still. */
export async function playBy(way: Way, { sourceUri, sinkUri }: { sourceUri: string; sinkUri: string }): Promise<void> {
  const source = new SqlClient(sourceUri);
  const sink = new SqlClient(sinkUri);
  const rows = async (): Promise<readonly string[][]> => [
    await source.sorted(`select * from ${TABLES.source}`),
    await sink.sorted(`select * from ${TABLES.sink}`),
  ];
  const untilEqual = (count: number): Promise<void> =>
    vi.waitFor(
      async () => {
        const [from, to] = await rows();
        expect(from).toHaveLength(count);
        expect(to).toEqual(from);
      },
      { timeout: 60_000, interval: 200 },
    );
  try {
    await clear(source, sink);
    await source.run(
      'create database production_db',
      `create table ${TABLES.source} (activity_id INT PRIMARY KEY, user_id INT, activity_type VARCHAR(50),
        timestamp DATETIME, device VARCHAR(20))`,
      `insert into ${TABLES.source} values (1, 1001, 'login', '2024-01-01 09:00:00', 'mobile'),
        (2, 1002, 'like', '2024-01-01 10:15:00', 'desktop'), (3, 1003, 'comment', '2024-01-02 14:30:00', 'mobile')`,
    );
    await sink.run('create database analytics_db');
    await way.create();
    await untilEqual(3);
    await source.run(
      `insert into ${TABLES.source} values (4, 1004, 'share', '2024-01-03 16:45:00', 'desktop')`,
      `update ${TABLES.source} set activity_type = 'logout' where activity_id = 1`,
    );
    await way.changed?.();
    await untilEqual(4);
    await way.interrupt();
    await source.run(`insert into ${TABLES.source} values (5, 1005, 'login', '2024-01-04 08:00:00', 'mobile')`);
    await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
    expect((await rows()).map(({ length }) => length)).toEqual([5, 4]);
    await way.goOn();
    await untilEqual(5);
    await way.drop();
    expect((await rows()).map(({ length }) => length)).toEqual([5, 5]);
  } finally {
    await clear(source, sink).catch(() => undefined);
    source.close();
    sink.close();
  }
}

/** Removes what an earlier run has left. The servers may be a user's own: a database with other tables is not touched. */
async function clear(source: SqlClient, sink: SqlClient): Promise<void> {
  for (const [client, name] of [
    [source, TABLES.source],
    [sink, TABLES.sink],
  ] as const) {
    const [database = '', table = ''] = name.split('.');
    if (!(await client.sorted('show databases')).includes(database)) continue;
    const others = (await client.sorted(`show tables from ${database}`)).filter((each) => each !== table);
    if (others.length > 0) throw new Error(`${database} has other tables than the scenario's: it is not touched.`);
    await client.run(`drop database ${database}`);
  }
}
