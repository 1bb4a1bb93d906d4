import { beforeEach, describe, expect, it } from 'vitest';
import { type ApiHandler, apiHandler } from '../../../lib/http/api-handler.ts';
import { openApiHandler } from '../../../lib/http/openapi-handler.ts';
import { healthHandler, unknownRouteHandler } from '../../../lib/http/service-handlers.ts';
import {
  checkTaskHandler,
  controlTaskHandler,
  dropTaskHandler,
  listTasksHandler,
  showTaskHandler,
} from '../../../lib/http/task-handlers.ts';
import { CdcError } from '../../../lib/errors.ts';
import { send } from '../../support/api-events.ts';
import { ApiWorld } from '../../support/api-world.ts';
import { PASSWORD, scenarioRecord, scenarioSpec } from '../../support/scenario-task.ts';

let world: ApiWorld;

const add = (name: string): Promise<void> =>
  world.store.create(scenarioRecord({ id: crypto.randomUUID(), spec: scenarioSpec({ name }) }));

beforeEach(async () => {
  world = new ApiWorld();
  await add('activity_sync');
});

describe('tasks', () => {
  it('are listed by name, without their passwords', async () => {
    await add('用户');
    const answer = await send(listTasksHandler(world), { headers: {} });
    expect(answer).toMatchObject({ status: 200, body: { tasks: [{ name: 'activity_sync' }, { name: '用户' }] } });
    expect(answer.text).not.toContain(PASSWORD);
  });

  it.each(['activity_sync', 'two words', '用户 活动', '100%', '50% off', `a'b"c\`d`])(
    'are found by name, whether the gateway has decoded it or not: %j',
    async (name) => {
      if (name !== 'activity_sync') await add(name);
      for (const sent of [name, encodeURIComponent(name)]) {
        expect(await send(showTaskHandler(world), { name: sent })).toMatchObject({ status: 200, body: { name } });
      }
    },
  );

  it('are paused, resumed, restarted and dropped', async () => {
    const control = async (handler: ApiHandler) => {
      const answer = await send(handler, { name: 'activity_sync', headers: {} });
      expect(answer.status).toBe(202);
      expect(answer.text).not.toContain(PASSWORD);
      return (answer.body as { state: string }).state;
    };
    expect(await control(controlTaskHandler(world, 'pause'))).toBe('paused');
    expect(await control(controlTaskHandler(world, 'resume'))).toBe('running');
    expect(await control(controlTaskHandler(world, 'restart'))).toBe('running');
    expect(await control(dropTaskHandler(world))).toBe('dropping');
    expect(await send(controlTaskHandler(world, 'pause'), { name: 'activity_sync' })).toMatchObject({
      status: 409,
      body: { code: 'TASK_DROPPING' },
    });
  });

  it('are dropped by force, with word of what may stay behind', async () => {
    const drop = (query: Record<string, string>) =>
      send(dropTaskHandler(world), { name: 'activity_sync', headers: {}, query });
    expect((await drop({ force: 'yes' })).status).toBe(422);
    expect((await drop({ forced: 'true' })).status).toBe(422);
    expect((await world.store.get('activity_sync'))?.desired).toBe('running');
    const plain = await drop({ force: 'false' });
    expect(plain).toMatchObject({ status: 202, body: { state: 'dropping' } });
    expect(plain.body).not.toHaveProperty('notes');
    const { status, body } = await drop({ force: 'true' });
    const { id, forced } = (await world.store.get('activity_sync')) ?? scenarioRecord();
    expect([status, forced]).toEqual([202, true]);
    expect(body).toMatchObject({
      state: 'dropping',
      notes: [
        expect.stringContaining(`mo_cdc_${id.replaceAll('-', '')}_`),
        expect.stringContaining(`task_id ${id}`),
      ] as unknown,
    });
    expect(world.started).toEqual(['activity_sync', 'activity_sync']);
  });

  it('are verified and resynced, all tables or some', async () => {
    const check = async (kind: 'verify' | 'resync', query: Record<string, string> = {}) =>
      await send(checkTaskHandler(world, kind), { name: 'activity_sync', headers: {}, query });
    const waiting = { kind: 'verify', state: 'waiting', startedAt: null, finishedAt: null, tables: [] };
    expect(await check('verify')).toMatchObject({ status: 202, body: { check: waiting } });
    const one = await check('resync', { tables: ' production_db.user_activities ' });
    expect(one).toMatchObject({ status: 202, body: { check: { ...waiting, kind: 'resync' } } });
    expect((await world.store.get('activity_sync'))?.check).toEqual({
      number: 2,
      kind: 'resync',
      tables: ['production_db.user_activities'],
    });
    // A misspelt one must not pass for all tables.
    expect(await check('resync', { table: 'production_db.user_activities' })).toMatchObject({
      status: 422,
      body: { complaints: [{ setting: 'table' }] },
    });
    expect(await check('verify', { tables: 'a.b,c.d' })).toMatchObject({
      status: 422,
      body: { code: 'REQUEST_INVALID', complaints: [{ setting: 'tables' }, { setting: 'tables' }] },
    });
    expect(world.started).toEqual(['activity_sync', 'activity_sync']);
  });

  it.each(['x'.repeat(3_000), '..', '%00', ' '])('cannot be named %j: that is not looked up', async (name) => {
    world.store.get = () => Promise.reject(new CdcError('STORE_ERROR', 'The key is too long.'));
    const answer = await send(showTaskHandler(world), { name });
    expect(answer).toMatchObject({ status: 404, body: { code: 'TASK_NOT_FOUND' } });
    expect(answer.text.length).toBeLessThan(500);
  });

  it('are not found by another name', async () => {
    const handlers = [showTaskHandler(world), dropTaskHandler(world)];
    for (const handler of handlers) {
      const answer = await send(handler, { name: 'nobody' });
      expect(answer).toMatchObject({
        status: 404,
        type: 'application/problem+json',
        body: { code: 'TASK_NOT_FOUND', title: 'Task not found', type: 'urn:mo-cdc:problem:task-not-found' },
      });
    }
  });
});

describe('other routes', () => {
  it('answer that all is well', async () => {
    expect(await send(healthHandler(world.log))).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('describe the API', async () => {
    const { status, body } = await send(openApiHandler(world.log));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      openapi: '3.1.0',
      paths: { '/tasks': { post: { operationId: 'createTask' } }, '/tasks/{name}': { delete: {} } },
      components: {
        schemas: {
          NewTask: {
            additionalProperties: false,
            required: ['taskName', 'sourceUri', 'sinkType', 'sinkUri'],
          },
          Task: { properties: { state: { enum: expect.arrayContaining(['running', 'paused']) as unknown } } },
        },
      },
    });
  });

  it('are unknown', async () => {
    expect(await send(unknownRouteHandler(world.log))).toMatchObject({
      status: 404,
      body: { code: 'ROUTE_UNKNOWN', detail: 'There is no POST /tasks.' },
    });
    expect((await send(showTaskHandler(world))).status).toBe(404);
  });
});

describe('what fails inside', () => {
  const failing = (error: unknown) =>
    send(
      apiHandler(world.log, () => {
        throw error;
      }),
    );

  it('is a defect: logged, not shown', async () => {
    const cause = new Error(`connect mysql://root:${PASSWORD}@127.0.0.1:6001 failed`);
    const answer = await failing(new Error('secret internals', { cause }));
    expect(answer).toMatchObject({ status: 500, type: 'application/problem+json', body: { code: 'INTERNAL' } });
    expect(answer.text).toContain('request-1');
    expect(answer.text).not.toMatch(/secret|task-handlers|mysql/u);
    expect(world.logged.join()).toContain('secret internals');
    expect(world.logged.join()).toContain('"requestId":"request-1"');
    expect(world.logged.join()).toContain('127.0.0.1:6001 failed');
    expect(world.logged.join()).not.toContain(PASSWORD);
  });

  it.each(['text', null, undefined, { statusCode: 418 }])('may be anything: %j', async (error) => {
    expect((await failing(error)).status).toBe(500);
  });

  it('is the store, whose messages name the account', async () => {
    const answer = await failing(new CdcError('STORE_ERROR', 'User: arn:aws:sts::1234 is not authorized'));
    expect(answer).toMatchObject({ status: 503, body: { code: 'STORE_ERROR' } });
    expect(answer.text).not.toContain('1234');
  });

  it('takes too long: the signal is aborted and the request answered', async () => {
    let aborted = false;
    const handler = apiHandler(world.log, async ({ signal }) => {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
      aborted = true;
      return { status: 200, body: {} };
    });
    const answer = await send(handler, { remainingMs: 1_020 });
    expect(answer).toMatchObject({ status: 503, body: { code: 'REQUEST_TIMEOUT' } });
    expect(aborted).toBe(true);
  });
});
