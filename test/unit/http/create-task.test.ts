import { beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../../../lib/http/problem.ts';
import { createTaskHandler } from '../../../lib/http/declaring-handlers.ts';
import { complain } from '../../../lib/task/rejection.ts';
import { DEFAULT_OPTIONS } from '../../../lib/task/task.ts';
import { type Answer, send } from '../../support/api-events.ts';
import { ApiWorld } from '../../support/api-world.ts';
import { PASSWORD } from '../../support/scenario-task.ts';
import { listed } from '../../support/listed.ts';

const BODY = {
  taskName: 'activity_sync',
  sourceUri: `mysql://root:${PASSWORD}@127.0.0.1:6001`,
  sinkType: 'matrixone',
  sinkUri: `mysql://root:${PASSWORD}@10.222.0.1:6001`,
  level: 'table',
  tables: 'production_db.user_activities:analytics_db.analytics_activities',
};

let world: ApiWorld;
const create = (body: unknown, more: Parameters<typeof send>[1] = {}): Promise<Answer> =>
  send(createTaskHandler(world), { body, ...more });

const complaintsOf = ({ body }: Answer): string[] =>
  ((body as Problem).complaints ?? []).map(({ code, setting, found }) => `${code} ${setting}: ${found}`);

beforeEach(() => {
  world = new ApiWorld();
});

describe('a good task', () => {
  it('is created and shown, without its passwords', async () => {
    const answer = await create(BODY);
    expect(answer).toMatchObject({ status: 201, type: 'application/json' });
    expect(answer.headers).toMatchObject({ Location: '/tasks/activity_sync' });
    expect(answer.body).toMatchObject({
      name: 'activity_sync',
      state: 'running',
      sourceUri: 'mysql://root:******@127.0.0.1:6001',
      tables: [{ source: 'production_db.user_activities', sink: 'analytics_db.analytics_activities' }],
      checkpoint: null,
      options: DEFAULT_OPTIONS,
    });
    expect(answer.text).toContain('A PITR is needed only if');
    expect(world.started).toEqual(['activity_sync']);
  });

  it('keeps its passwords and options', async () => {
    await create({ ...BODY, options: { existingRows: 'replace', pollIntervalMs: 50 } });
    expect((await world.store.get('activity_sync'))?.spec).toMatchObject({
      sourceUri: BODY.sourceUri,
      options: { ...DEFAULT_OPTIONS, existingRows: 'replace', pollIntervalMs: 50 },
    });
  });

  it.each([
    ['2030-01-02 03:04:05', '2030-01-02T03:04:05.000Z'],
    ['2030-01-02T03:04:05+08:00', '2030-01-01T19:04:05.000Z'],
    [null, null],
  ])('may end at %s', async (endTs, stored) => {
    expect(await create({ ...BODY, options: { endTs } })).toMatchObject({
      status: 201,
      body: { options: { endTs: stored } },
    });
  });

  it.each([
    ['2030-01-02', 'This is not a time. Write it as'],
    ['2025-03-28 07:30:00', '2025-03-28T07:30:00.000Z is in the past.'],
  ])('does not end at %s', async (endTs, reason) => {
    expect(complaintsOf(await create({ ...BODY, options: { endTs } }))).toEqual([
      expect.stringContaining(`REQUEST_INVALID options.endTs: ${reason}`),
    ]);
  });

  it('may start in the past, where the source holds what there was', async () => {
    world.heldSince = (ts) => ({ name: '', ts });
    const options = { startTs: '2025-03-28 07:00:00', endTs: '2030-01-01T00:00:00Z' };
    expect(await create({ ...BODY, options })).toMatchObject({
      status: 201,
      body: { options: { startTs: '2025-03-28T07:00:00.000Z' } },
    });
  });

  it.each([
    [{ startTs: '2025-03-28 07:00:00' }, 'START_NOT_COVERED options.startTs: No PITR and no snapshot'],
    [{ startTs: '2025-03-28 07:30:01' }, 'REQUEST_INVALID options.startTs: 2025-03-28T07:30:01.000Z is in the future.'],
    [{ startTs: 'yesterday' }, 'REQUEST_INVALID options.startTs: This is not a time'],
  ])('does not start with %j', async (options, complaint) => {
    expect(complaintsOf(await create({ ...BODY, options }))).toEqual([expect.stringContaining(complaint)]);
  });

  it('may name its tables one by one', async () => {
    const tables = [{ source: 'a.b' }, { source: '数据库.订单 表', sink: `c.it's` }];
    expect((await create({ ...BODY, tables })).body).toMatchObject({
      tables: [
        { source: 'a.b', sink: 'a.b' },
        { source: '数据库.订单 表', sink: "c.it's" },
      ],
    });
  });

  it.each(['用户 活动', `it's "quoted" \`x\``, 'select', '100%', 'a&b=c'])('may be named %j', async (taskName) => {
    const answer = await create({ ...BODY, taskName });
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({ Location: `/tasks/${encodeURIComponent(taskName)}` });
  });

  it('may come as Base64 and with any spelling of the header', async () => {
    const text = Buffer.from(JSON.stringify(BODY)).toString('base64');
    const headers = { 'CONTENT-TYPE': 'application/json; charset=utf-8' };
    expect((await create(undefined, { text, headers, isBase64Encoded: true })).status).toBe(201);
  });
});

describe('levels', () => {
  const { tables, ...rest } = BODY;
  const specOf = async () => (await world.store.get('activity_sync'))?.spec;

  it('may be whole databases, in the words of the command line or one by one', async () => {
    const answer = await create({ ...rest, level: 'database', databases: 'shop:copy,other', exclude: 'tmp$' });
    expect(answer).toMatchObject({
      status: 201,
      body: { level: 'database', databases: [{ sink: 'copy' }, { sink: 'other' }], exclude: ['tmp$'], tables: [] },
    });
    const databases = [{ source: 'shop', sink: 'copy' }, { source: 'other' }];
    const named = { ...rest, taskName: 'two', level: 'database', databases, exclude: ['a', 'b'] };
    expect((await create(named)).status).toBe(201);
    const [one, two] = [await specOf(), (await world.store.get('two'))?.spec];
    expect(two).toMatchObject({ databases: one?.databases, exclude: ['a', 'b'] });
  });

  it('may be the whole account', async () => {
    expect((await create({ ...rest, level: 'account' })).status).toBe(201);
    expect(await specOf()).toMatchObject({ level: 'account', tables: [], databases: [], exclude: [] });
  });

  it.each([
    [{ level: 'database' }, ['REQUEST_INVALID databases: The field is missing.']],
    [{ level: 'database', tables, databases: 'a' }, ['REQUEST_INVALID tables: It cannot be used at level "database".']],
    [
      { level: 'account', tables, databases: 'a' },
      [
        'REQUEST_INVALID tables: It cannot be used at level "account".',
        'REQUEST_INVALID databases: It cannot be used at level "account".',
      ],
    ],
    [{ tables, exclude: 'x' }, [expect.stringContaining('REQUEST_INVALID exclude: It cannot be used at level')]],
    [
      { level: 'account', exclude: ['(', '(a+)+', '(?!a)b'] },
      [
        expect.stringContaining('REQUEST_INVALID exclude: "(" is not a regular expression of RE2'),
        expect.stringContaining('REQUEST_INVALID exclude: "(?!a)b" is not a regular expression of RE2'),
      ],
    ],
    [
      { level: 'database', databases: 'a:b:c,mysql', sinkType: 'x' },
      [
        expect.stringContaining('REQUEST_INVALID sinkType'),
        'MAPPING_INVALID databases: "a:b:c" has more than one colon.',
        'MAPPING_INVALID databases: "mysql" belongs to the server itself.',
      ],
    ],
    [{ level: 'account', sinkUri: BODY.sourceUri }, [expect.stringContaining('MAPPING_INVALID sinkUri: ')]],
    [
      { level: 'database', databases: 'a:b,C', sinkUri: BODY.sourceUri },
      ['MAPPING_INVALID databases: Source and sink are one server, and C is mapped to itself.'],
    ],
  ])('refuse what does not fit them: %j', async (change, complaints) => {
    expect(complaintsOf(await create({ ...rest, ...change }))).toEqual(complaints);
  });
});

describe('a bad request', () => {
  it('is told everything that is wrong with it at once', async () => {
    const answer = await create({
      taskName: 'a/b',
      sourceUri: `root:${PASSWORD}@h`,
      sinkType: 'oracle',
      level: 'schema',
      tables: 'nodot,mysql.user',
      options: { pollIntervalMs: 1, chunkRows: '5', speed: 9 },
      startTs: '2025',
    });
    expect(answer).toMatchObject({ status: 422, type: 'application/problem+json', body: { code: 'REQUEST_INVALID' } });
    expect(complaintsOf(answer)).toEqual([
      'REQUEST_INVALID taskName: The task name has /, which has another meaning in URLs.',
      expect.stringContaining('URI_INVALID sourceUri: '),
      expect.stringContaining('REQUEST_INVALID sinkType: '),
      'REQUEST_INVALID sinkUri: The field is missing.',
      expect.stringContaining('REQUEST_INVALID level: '),
      'MAPPING_INVALID tables: "nodot" is not of the form database.table.',
      'MAPPING_INVALID tables: "mysql.user" is in a database of the server itself, or of the product.',
      expect.stringContaining('REQUEST_INVALID options.pollIntervalMs: '),
      expect.stringContaining('REQUEST_INVALID options.chunkRows: '),
      'REQUEST_INVALID options.speed: There is no such field.',
      'REQUEST_INVALID startTs: There is no such field.',
    ]);
    expect(answer.text + world.logged.join('')).not.toContain(PASSWORD);
    expect(await listed(world.store.list())).toEqual([]);
  });

  it.each([
    [[{ source: 'a.b', table: 'x' }], 'REQUEST_INVALID tables[0].table: There is no such field.'],
    [[{ sink: 'a.b' }], 'REQUEST_INVALID tables[0].source: The field is missing.'],
    [[{ source: 'a' }], 'MAPPING_INVALID tables: "a" is not of the form database.table.'],
    [[], 'MAPPING_INVALID tables: No table is named.'],
    [7, 'REQUEST_INVALID tables: Expected the text db.t[:db2.t2],… or a list of {"source", "sink"}.'],
    [undefined, 'REQUEST_INVALID tables: The field is missing.'],
    [
      Array.from({ length: 1001 }, (_, i) => ({ source: `d.t${i}` })),
      'REQUEST_INVALID tables: A task names at most 1000 tables.',
    ],
  ])('names the table at fault', async (tables, complaint) => {
    expect(complaintsOf(await create({ ...BODY, tables }))).toEqual([complaint]);
  });

  it.each([null, [], 'text', 7])('is no object but %j', async (body) => {
    const answer = await create(body);
    expect(answer.status).toBe(422);
    expect(complaintsOf(answer)[0]).toMatch(/^REQUEST_INVALID body: /u);
  });

  it.each(['{', '', 'taskName=x', '{"taskName": "a",}', '{"__proto__": {"a": 1}}'])('is not JSON: %j', async (text) => {
    const answer = await create(undefined, { text });
    expect(answer).toMatchObject({
      status: 400,
      type: 'application/problem+json',
      body: { code: 'REQUEST_MALFORMED' },
    });
  });

  it('has no body', async () => {
    expect((await create(undefined)).status).toBe(400);
  });

  it.each([{}, { 'content-type': 'text/plain' }, { 'content-type': 'application/x-www-form-urlencoded' }])(
    'has another content type: %j',
    async (headers: Record<string, string>) => {
      const answer = await create(BODY, { headers });
      expect(answer).toMatchObject({ status: 415, type: 'application/problem+json', body: { status: 415 } });
    },
  );

  it('is too large', async () => {
    const answer = await create({ ...BODY, tables: 'a'.repeat(200_000) });
    expect(answer).toMatchObject({ status: 413, body: { code: 'REQUEST_TOO_LARGE' } });
  });
});

describe('a task that cannot be', () => {
  it('is refused with the complaints of its ends', async () => {
    world.complaints = [complain('TABLE_WITHOUT_KEY', 'tables', 'production_db.user_activities has no primary key.')];
    const answer = await create(BODY);
    expect(answer).toMatchObject({ status: 422, body: { code: 'TASK_REJECTED', complaints: world.complaints } });
    expect(await listed(world.store.list())).toEqual([]);
  });

  it('is refused when its name is taken', async () => {
    await create(BODY);
    expect(await create(BODY)).toMatchObject({ status: 409, body: { code: 'TASK_EXISTS' } });
  });
});
