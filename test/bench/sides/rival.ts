import { connect, loadData, loadFile } from '../dataset.ts';
import { readAndDiscard } from './raw-reader.ts';
import { copyByInsert } from './insert-copier.ts';
import type { RivalJob } from './rival-job.ts';

/** The other side of rival-job.ts: one job, whose seconds are told to the parent. */
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
process.on('message', (job: RivalJob) => {
  doJob(job).then(
    (seconds) => process.send?.(seconds),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});

async function doJob(job: RivalJob): Promise<number> {
  switch (job.kind) {
    case 'read':
      return await readAndDiscard(job.uri, `select * from ${job.table}`, job.rows);
    case 'insert':
      return await copyByInsert(job);
    case 'load':
      return await loadAlone(job);
  }
}

async function loadAlone({ uri, table, rows, lanes }: Extract<RivalJob, { kind: 'load' }>): Promise<number> {
  const edges = Array.from({ length: lanes + 1 }, (_, i) => Math.floor((rows * i) / lanes));
  const files = edges.slice(1).map((to, i) => [...loadFile(edges[i] ?? 0, to)]);
  const connections = await Promise.all(files.map(() => connect(uri)));
  const begun = performance.now();
  await Promise.all(connections.map((connection, i) => loadData(connection, table, files[i] ?? [])));
  const seconds = (performance.now() - begun) / 1_000;
  for (const connection of connections) connection.destroy();
  return seconds;
}
