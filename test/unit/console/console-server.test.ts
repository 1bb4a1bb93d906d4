import { afterEach, beforeEach, expect, it } from 'vitest';
import { NO_METRICS } from '../../../lib/cli/client/open-metrics.ts';
import { ApiClient } from '../../../lib/cli/client/api-client.ts';
import { type ConsoleServer, startConsoleServer } from '../../../lib/console/console-server.ts';
import { apiFetch } from '../../support/api-fetch.ts';
import { ApiWorld } from '../../support/api-world.ts';
import { type Asked, askServer, type Told } from '../../support/console/ask-server.ts';
import { taskRecord } from '../../support/task-records.ts';

const PAGE = { script: 'script', style: 'style', help: { FENCED: 'What the page of errors says.' } };

let world: ApiWorld;
let sent: string[];
let server: ConsoleServer;
let at: URL;

beforeEach(async () => {
  world = new ApiWorld();
  sent = [];
  server = await startConsoleServer(
    { api: new ApiClient('https://api.example', apiFetch(world, sent)), metrics: NO_METRICS },
    PAGE,
    0,
  );
  at = new URL(server.url);
  await world.store.create(taskRecord('orders'));
});
afterEach(() => server.close());

const ask = (path: string, asked: Asked = {}): Promise<Told> =>
  askServer(Number(at.port), `${at.pathname}${path}`, {
    ...asked,
    headers: { origin: at.origin, 'content-type': 'application/json', ...asked.headers },
  });
const answer = async (path: string, asked: Asked = {}): Promise<[number, unknown]> => {
  const { status, text } = await ask(path, asked);
  return [status, JSON.parse(text)];
};

it('listens at the loopback address alone', () => {
  expect(at.hostname).toBe('127.0.0.1');
});

it('serves the page, which may load and ask nothing but this server', async () => {
  const { status, headers, text } = await ask('');
  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(text).not.toMatch(/(?:src|href)="(?!page\.|data:,)/u);
  const policy = headers['content-security-policy'];
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/u);
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  });
  expect((await ask('page.js')).text).toBe('script');
  expect((await ask('page.css')).text).toBe('style');
  expect((await ask('package.json')).status).toBe(404);
});

it('tells nothing without the token', async () => {
  for (const path of ['/', '/api/tasks', `${at.pathname.slice(0, -2)}/api/tasks`, '//', '/%00/', '/open/x']) {
    const { status, text } = await askServer(Number(at.port), path);
    expect([path, status, text]).toEqual([path, 404, 'Open the address that mo_cdc has printed.']);
  }
  expect(sent).toEqual([]);
});

it('opens the page once by the address that other users of the machine may see', async () => {
  const { pathname } = new URL(server.openingUrl);
  const first = await askServer(Number(at.port), pathname);
  expect([first.status, first.headers.location]).toEqual([303, at.pathname]);
  expect((await askServer(Number(at.port), pathname)).status).toBe(404);
});

it('passes on what the page needs, and nothing else', async () => {
  expect(await answer('api/tasks')).toMatchObject([200, { tasks: [{ name: 'orders' }] }]);
  expect(await answer('api/about')).toEqual([200, { endpoint: 'https://api.example' }]);
  expect(await answer('api/tasks/orders')).toMatchObject([200, { name: 'orders', desired: 'running' }]);
  expect(await answer('api/tasks/orders/pause', { method: 'POST' })).toMatchObject([200, { desired: 'paused' }]);
  expect(await answer('api/tasks/orders/resume', { method: 'POST' })).toMatchObject([200, { desired: 'running' }]);
  const check = ['api/tasks/orders/verify?tables=shop.orders', { method: 'POST' }] as const;
  expect(await answer(...check)).toMatchObject([200, { check: { kind: 'verify', state: 'waiting' } }]);
  expect(await answer('api/tasks/orders/restart', { method: 'POST' })).toMatchObject([200, { generation: 1 }]);
  expect(await answer('api/tasks/orders', { method: 'DELETE' })).toMatchObject([200, { desired: 'dropping' }]);
  expect(sent).toEqual([
    ...['GET /tasks', 'GET /tasks/orders', 'POST /tasks/orders/pause', 'POST /tasks/orders/resume'],
    ...['POST /tasks/orders/verify', 'POST /tasks/orders/restart', 'DELETE /tasks/orders'],
  ]);
  for (const [method, path, status] of [
    ['GET', 'api/openapi.json', 404],
    ['POST', 'api/tasks/orders/explode', 404],
    ['PUT', 'api/tasks', 405],
    ['DELETE', 'api/tasks', 405],
    ['POST', '', 405],
    ['GET', 'api/tasks/%ff', 400],
  ] as const) {
    expect([method, path, (await ask(path, { method })).status]).toEqual([method, path, status]);
  }
  expect(sent).toHaveLength(7);
});

it('takes a body only as JSON', async () => {
  const body = '{"taskName":"x"}';
  const form = { method: 'POST', body, headers: { 'content-type': 'text/plain' } };
  expect((await ask('api/tasks', form)).status).toBe(400);
  expect((await ask('api/tasks', { method: 'POST', body: '{' })).status).toBe(400);
  expect((await ask('api/tasks', { method: 'POST', body: `"${'x'.repeat(300_000)}"` })).status).toBe(400);
  expect(sent).toEqual([]);
});

it('gives every complaint with its field', async () => {
  const [status, told] = await answer('api/tasks', { method: 'POST', body: '{"taskName":"x","level":"table"}' });
  expect([status, told]).toMatchObject([409, { code: 'REQUEST_INVALID', answered: true }]);
  const { complaints } = told as { complaints: { setting: string }[] };
  expect(complaints.map(({ setting }) => setting).sort()).toEqual(['sinkType', 'sinkUri', 'sourceUri', 'tables']);
});

it('checks a new task and an edit without asking the API', async () => {
  const of = async (kind: string, body: object): Promise<unknown> => {
    const [status, told] = await answer(`api/check/${kind}`, { method: 'POST', body: JSON.stringify(body) });
    expect(status).toBe(200);
    return (told as { complaints: { setting: string; code: string }[] }).complaints.map(({ setting, code }) => [
      setting,
      code,
    ]);
  };
  const ends = { sourceUri: 'mysql://a:b@s:6001', sinkType: 'matrixone', sinkUri: 'mysql://a:b@t:6001' };
  expect(await of('create', { taskName: 'x', ...ends, tables: 'a.t' })).toEqual([]);
  expect(await of('create', { taskName: 'x', ...ends, sinkUri: 'mysql://a@t', tables: 'a.t:b' })).toEqual([
    ['sinkUri', 'URI_INVALID'],
    ['tables', 'MAPPING_INVALID'],
  ]);
  const itself = { taskName: 'x', ...ends, sinkUri: ends.sourceUri, tables: 'a.t:a.t' };
  expect(await of('create', itself)).toEqual([['tables', 'MAPPING_INVALID']]);
  expect(await of('edit', { options: { mode: 'never' } })).toEqual([['options.mode', 'REQUEST_INVALID']]);
  expect(sent).toEqual([]);
});

it('says that a task is gone, and that the API is away', async () => {
  expect(await answer('api/tasks/none')).toMatchObject([404, { code: 'TASK_NOT_FOUND', answered: true }]);
  const away = new ApiClient('https://api.example', () => Promise.reject(new Error('no such host')));
  const other = await startConsoleServer({ api: away, metrics: NO_METRICS }, PAGE, 0);
  try {
    const { port, pathname } = new URL(other.url);
    const { status, text } = await askServer(Number(port), `${pathname}api/tasks`);
    expect([status, JSON.parse(text)]).toMatchObject([502, { code: '', answered: false }]);
    expect(text).toContain('no such host');
  } finally {
    await other.close();
  }
});

it('has what the documents say of an error', async () => {
  expect(await answer('api/help/FENCED')).toEqual([200, { text: 'What the page of errors says.' }]);
  expect((await ask('api/help/toString')).status).toBe(404);
});
