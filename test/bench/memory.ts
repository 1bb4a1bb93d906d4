import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { asciiTable } from '../../localstack/demo/ascii-table.ts';
import { DEFAULT_OPTIONS, type SinkType } from '../../lib/task/task.ts';
import { MeasuredWorker, workerOptions, type Step } from '../support/memory/worker.ts';
import { SqlClient } from '../support/sql-client.ts';
import { type RunningServers, startServers } from '../support/start-servers.ts';

/** The rows of a table, and how many of them change afterwards. */
interface Shape {
  readonly rows: number;
  readonly bytes: number;
  readonly changes: number;
}

const SHAPES: Readonly<Record<string, Shape>> = {
  small: { rows: 1_000_000, bytes: 100, changes: 10 },
  window: { rows: 1_000_000, bytes: 100, changes: 1_000_000 },
  many: { rows: 10_000_000, bytes: 100, changes: 10 },
  quick: { rows: 300_000, bytes: 100, changes: 300_000 },
  large: { rows: 200, bytes: 4 * 1024 * 1024, changes: 40 },
};

const NAME = 'memory';

/** Rows that do not compress into nothing; megabytes of text come from the client, for `repeat` gives NULL there. */
async function fill(client: SqlClient, database: string, { rows, bytes }: Shape, real: boolean): Promise<void> {
  const type = bytes > 60_000 ? 'longtext' : 'varchar(200)';
  await client.run(`create database ${database}`, `create table ${database}.t (id int primary key, n int, v ${type})`);
  if (bytes > 60_000) {
    const text = randomBytes(bytes / 2).toString('hex');
    for (let id = 0; id < rows; id++) await client.run(`insert into ${database}.t values (${id}, 0, '${id}${text}')`);
    return;
  }
  const text = `concat(md5(x), md5(x + 1), substring(md5(x + 2), 1, ${bytes - 75}))`;
  const step = real ? 1_000_000 : 100_000;
  for (let start = 0; start < rows; start += step) {
    const series = real
      ? `(select result as x from generate_series(${start}, ${Math.min(rows, start + step) - 1}) g) s`
      : `(select seq as x from seq_${start}_to_${Math.min(rows, start + step) - 1}) s`;
    await client.run(`insert into ${database}.t select x, 0, ${text} from ${series}`);
  }
}

async function measure(servers: RunningServers, shape: Shape, sinkType: SinkType, options: string): Promise<Step[]> {
  const database = `cdc_memory_${randomBytes(4).toString('hex')}`;
  const sinkUri = sinkType === 'mysql' ? servers.mysqlSinkUri : servers.matrixoneSinkUri;
  const [source, sink] = [new SqlClient(servers.sourceUri), new SqlClient(sinkUri)];
  const worker = await MeasuredWorker.start(options);
  try {
    await fill(source, database, shape, servers.real);
    await worker.create({
      name: NAME,
      sourceUri: servers.sourceUri,
      sinkType,
      sinkUri,
      level: 'table',
      tables: [{ source: { database, table: 't' }, sink: { database: `${database}_copy`, table: 't' } }],
      databases: [],
      exclude: [],
      options: { ...DEFAULT_OPTIONS, mode: 'tick' },
    });
    const loaded = await worker.run(NAME);
    await source.run(`update ${database}.t set n = n + 1 where id < ${shape.changes}`);
    const applied = await worker.run(NAME);
    await worker.check(NAME, 'verify');
    const verified = await worker.run(NAME);
    return [loaded, applied, verified];
  } finally {
    await worker.drop(NAME).catch(() => undefined);
    await worker.stop();
    await source.run(`drop database if exists ${database}`);
    await sink.run(`drop database if exists ${database}_copy`);
    for (const client of [source, sink]) client.close();
  }
}

const { values } = parseArgs({
  options: {
    shape: { type: 'string', multiple: true, default: ['small', 'window', 'large'] },
    sink: { type: 'string', multiple: true, default: ['matrixone', 'mysql'] },
    'node-options': { type: 'string' },
  },
});
const options = values['node-options'] ?? (await workerOptions());
const servers = await startServers();
const lines: string[][] = [];
try {
  for (const name of values.shape) {
    const shape = SHAPES[name];
    if (shape === undefined) throw new Error(`The shapes are: ${Object.keys(SHAPES).join(', ')}.`);
    for (const sinkType of values.sink as SinkType[]) {
      const steps = await measure(servers, shape, sinkType, options);
      for (const [i, step] of steps.entries()) {
        const what = ['load', 'window', 'verify'][i] ?? '';
        const count = [step.rowsLoaded, step.rowsApplied, step.checked][i] ?? 0;
        lines.push([
          sinkType,
          what,
          String(count),
          String(shape.bytes),
          step.seconds.toFixed(1),
          step.cpuSeconds.toFixed(1),
          step.peakMiB.toFixed(0),
          step.error ?? '',
        ]);
        process.stderr.write(`${lines.at(-1)?.join(' ') ?? ''}\n`);
      }
    }
  }
} finally {
  await servers.stop();
}
const heads = ['sink', 'step', 'rows', 'bytes a row', 'seconds', 'CPU s', 'peak MiB', 'error'];
const where = servers.real ? 'real MatrixOne servers' : 'the MatrixOne emulator';
process.stdout.write(
  `The worker's resident memory (VmHWM), ${where}, Node ${process.version} with ${options}, all on ${availableParallelism()} cores\n` +
    `${asciiTable(
      heads,
      lines,
      heads.map((_, i) => i > 1 && i < 7),
    )}\n`,
);
