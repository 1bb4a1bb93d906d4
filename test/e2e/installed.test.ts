import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleCli } from '../../localstack/bundle.ts';
import { apiFetch } from '../support/api-fetch.ts';
import { ApiWorld } from '../support/api-world.ts';

const PASSWORD = 'hunter2';
let dir: string;
let api: Server;
const world = new ApiWorld();

/** Runs a line in a shell that finds nothing of this repository, but the tool that was installed, and Node. */
async function shell(line: string): Promise<string> {
  const { port } = api.address() as AddressInfo;
  const PATH = [join(dir, 'prefix', 'bin'), join(dir, 'node'), '/usr/bin', '/bin'].join(delimiter);
  const env = { PATH, HOME: dir, PASSWORD, MO_CDC_ENDPOINT: `http://127.0.0.1:${port}` };
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', line], { cwd: dir, env });
  return stdout;
}

/** The real handlers over a world in memory, on the loopback interface. */
async function serve(): Promise<Server> {
  const send = apiFetch(world);
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const url = new URL(request.url ?? '/', 'http://localhost');
      const headers = { 'content-type': request.headers['content-type'] ?? '' };
      const answer = await send(url, { method: request.method ?? 'GET', headers, ...(body === '' ? {} : { body }) });
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(await answer.text());
    })();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'matrixone-cdc-installed-'));
  api = await serve();
  await mkdir(join(dir, 'node'));
  await symlink(process.execPath, join(dir, 'node', 'node'));
  await bundleCli(join(dir, 'dist'));
  const npm = (...args: string[]) => promisify(execFile)('npm', args, { cwd: dir, env: { ...process.env, HOME: dir } });
  await npm('pack', './dist/cli', '--pack-destination', dir);
  // It needs no other package, and so no registry.
  await npm('install', '--global', '--offline', '--prefix', join(dir, 'prefix'), join(dir, await tarball()));
  await rm(join(dir, 'dist'), { recursive: true });
});

const tarball = async (): Promise<string> =>
  (await readdir(dir)).find((file) => /^matrixone-cdc-cli-.*\.tgz$/u.test(file)) ?? 'no tarball';

afterAll(async () => {
  await new Promise((closed) => api.close(closed));
  await rm(dir, { recursive: true });
});

it('brings the tool and its documents, and nothing else', async () => {
  const home = join(dir, 'prefix', 'lib', 'node_modules', 'matrixone-cdc-cli');
  expect((await readdir(home)).sort()).toStrictEqual(['LICENSE', 'README.md', 'docs', 'mo_cdc.mjs', 'package.json']);
  expect(await readdir(join(home, 'docs', 'reference'))).toContain('tasks.schema.json');
  expect(await shell('mo_cdc --help')).toContain('create and control tasks');
  expect(await shell('mo_cdc --version')).toMatch(/^\d+\.\d+\.\d+\n$/u);
  expect(await shell('mo_cdc help tasks-file')).toContain('mo_cdc apply -f tasks.yaml --dry-run');
  expect(await shell('mo_cdc help SINK_ACCESS_DENIED')).toContain('Check the user and the password');
});

it('plays the scenario with mo_cdc on the PATH, as the documents type it', async () => {
  const created = await shell(`mo_cdc task create --task-name "activity_sync" \\
    --source-uri "mysql://root:$PASSWORD@127.0.0.1:6001" \\
    --sink-type "matrixone" --sink-uri "mysql://root:$PASSWORD@10.222.0.1:6001" --level table \\
    --tables "production_db.user_activities:analytics_db.analytics_activities"`);
  expect(created).toBe('OK\n');
  expect(JSON.parse(await shell('mo_cdc task show --task-name activity_sync'))).toMatchObject([{ state: 'running' }]);
  expect(await shell('mo_cdc task pause --task-name activity_sync')).toBe('OK\n');
  expect(await shell('mo_cdc task list')).toMatch(/^activity_sync {2}paused/mu);
  expect(await shell('mo_cdc task resume --task-name activity_sync')).toBe('OK\n');
  expect(await shell('mo_cdc complete -- task show --task-name')).toBe('activity_sync\n');
});

it('declares the same by a file, from the standard input, too', async () => {
  const exported = await shell('mo_cdc task export');
  expect(exported).not.toContain(PASSWORD);
  await writeFile(join(dir, 'tasks.yaml'), exported);
  const variables = 'MO_CDC_PASSWORD_ROOT_127_0_0_1_6001=$PASSWORD MO_CDC_PASSWORD_ROOT_10_222_0_1_6001=$PASSWORD';
  expect(await shell(`${variables} mo_cdc apply -f tasks.yaml`)).toContain('1 task: 1 unchanged.');
  expect(await shell(`${variables} mo_cdc apply --dry-run -f - <tasks.yaml`)).toContain('1 task: 1 unchanged.');
  await expect(shell('mo_cdc apply -f tasks.yaml')).rejects.toMatchObject({ code: 2 });
  expect(await shell('mo_cdc task drop --task-name activity_sync --no-wait')).toBe('OK\n');
});
