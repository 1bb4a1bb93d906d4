import mysql from 'mysql2';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import type { RivalJob } from './rival-job.ts';

type Job = Extract<RivalJob, { kind: 'insert' }>;

const open = (uri: string): mysql.Connection => {
  const { host, port, user, password } = parseDatabaseUri(uri);
  return mysql.createConnection({ host, port, user, password, charset: 'utf8mb4' });
};

/** The driver as it comes: rows as arrays of JS values, streamed; `insert into … values ?`, one statement at a time. */
export async function copyByInsert(job: Job): Promise<number> {
  const [from, to] = [open(job.fromUri), open(job.toUri)];
  const begun = performance.now();
  let batch: unknown[] = [];
  const rows = from.query({ sql: `select * from ${job.from}`, rowsAsArray: true }).stream({ highWaterMark: job.batch });
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < job.batch) continue;
    await write(to, job, batch);
    batch = [];
  }
  if (batch.length > 0) await write(to, job, batch);
  const seconds = (performance.now() - begun) / 1_000;
  from.destroy();
  to.destroy();
  return seconds;
}

const write = async (connection: mysql.Connection, { verb, to }: Job, rows: readonly unknown[]): Promise<void> => {
  await connection.promise().query(`${verb} into ${to} values ?`, [rows]);
};
