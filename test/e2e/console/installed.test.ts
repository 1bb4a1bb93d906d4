import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleCli } from '../../../localstack/bundle.ts';
import { FakeApi } from '../../support/console/fake-api.ts';
import { sampleTask } from '../../support/console/sample-tasks.ts';
import { ConsoleWorld } from '../../support/console/console-world.ts';

const api = new FakeApi();
const server = createServer((request, response) => {
  const { method = '', url = '' } = request;
  void api.fetch(new URL(url, 'http://127.0.0.1'), { method }).then(async (answer) => {
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  });
});

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mo-cdc-console-'));
  await bundleCli(dir);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.close();
  await rm(dir, { recursive: true, force: true });
});

it('the command line tool has the page inside, and ends when it is told to', async () => {
  api.add(sampleTask('orders', Date.now()));
  const { port } = server.address() as { port: number };
  const endpoint = `http://127.0.0.1:${port}`;
  const tool = spawn(process.execPath, [
    join(dir, 'cli', 'mo_cdc.mjs'),
    '--endpoint',
    endpoint,
    'console',
    '--no-open',
  ]);
  const ended = once(tool, 'exit');
  const world = await ConsoleWorld.start();
  try {
    const [printed] = (await once(tool.stdout, 'data')) as [Buffer];
    const url = /http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\//u.exec(printed.toString().replace(endpoint, ''))?.[0] ?? '';
    const page = await world.visit(url);
    await page.getByRole('row', { name: 'orders' }).getByText('running').waitFor();
    await page.getByText(endpoint).waitFor();
    expect(world.faults).toEqual([]);
  } finally {
    tool.kill('SIGINT');
    await world.stop();
  }
  expect(await ended).toEqual([0, null]);
});
