import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_OPTIONS, type SinkType, type TaskOptions } from '../../../lib/task/task.ts';
import { MeasuredWorker, type Step } from '../../support/memory/worker.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { SqlClient } from '../../support/sql-client.ts';

/** What a worker may have resident, whatever it copies. MiB. */
const MOST = 256;
const LARGE = 4 * 1024 * 1024;

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

interface Story {
  /** Fills the source table `t` (id int primary key, n int, v longtext). */
  readonly before: (source: SqlClient) => Promise<void>;
  /** SQL, after the first copy. */
  readonly change: string;
  readonly options?: Partial<TaskOptions>;
}

interface Steps {
  readonly load: Step;
  readonly window: Step;
  readonly verify: Step;
}

/** Load, window and comparison of a table, each in the same process: what stays behind shows. */
async function measure(sinkType: SinkType, { before, change, options = {} }: Story): Promise<Steps> {
  const database = `cdc_peak_${randomBytes(4).toString('hex')}`;
  const sinkUri = sinkType === 'mysql' ? servers.mysqlSinkUri : servers.matrixoneSinkUri;
  const [source, sink] = [new SqlClient(servers.sourceUri), new SqlClient(sinkUri)];
  const worker = await MeasuredWorker.start();
  try {
    await source.run(`create database ${database}`, `use ${database}`);
    await source.run('create table t (id int primary key, n int, v longtext)');
    await before(source);
    await worker.create({
      name: 't',
      sourceUri: servers.sourceUri,
      sinkType,
      sinkUri,
      level: 'table',
      tables: [{ source: { database, table: 't' }, sink: { database: `${database}_copy`, table: 't' } }],
      databases: [],
      exclude: [],
      options: { ...DEFAULT_OPTIONS, mode: 'tick', ...options },
    });
    const load = await worker.run('t');
    await source.run(change);
    const window = await worker.run('t');
    await worker.check('t', 'verify');
    const verify = await worker.run('t');
    for (const step of [load, window, verify]) expect(step.error).toBeUndefined();
    return { load, window, verify };
  } finally {
    await worker.drop('t').catch(() => undefined);
    await worker.stop();
    await source.run(`drop database if exists ${database}`);
    await sink.run(`drop database if exists ${database}_copy`);
    for (const client of [source, sink]) client.close();
  }
}

const peaks = ({ load, window, verify }: Steps): number[] => [load, window, verify].map(({ peakMiB }) => peakMiB);

it('rows of 4 MB', async () => {
  const rows = 40;
  const steps = await measure('mysql', {
    before: async (source) => {
      const value = randomBytes(LARGE / 2).toString('hex');
      for (let id = 0; id < rows; id++) await source.run(`insert into t values (${id}, 0, '${value}')`);
    },
    change: 'update t set n = n + 1 where id < 25',
  });
  expect(steps).toMatchObject({ load: { rowsLoaded: rows }, window: { rowsApplied: 25 }, verify: { checked: rows } });
  // A chunk of them is bounded by bytes, not by its 100,000 rows.
  expect(steps.load.chunks).toBeGreaterThan(2);
  expect(Math.max(...peaks(steps))).toBeLessThan(MOST);
});

it('a window of many changes', async () => {
  const rows = 80_000;
  const steps = await measure('mysql', {
    before: async (source) => {
      for (let start = 0; start < rows; start += 10_000) {
        const values = Array.from({ length: 10_000 }, (_, i) => `(${start + i},0,'${'x'.repeat(300)}')`);
        await source.run(`insert into t values ${values.join(',')}`);
      }
    },
    change: 'update t set n = n + 1',
  });
  expect(steps).toMatchObject({ load: { rowsLoaded: rows }, window: { rowsApplied: rows }, verify: { checked: rows } });
  expect(Math.max(...peaks(steps))).toBeLessThan(MOST);
});
