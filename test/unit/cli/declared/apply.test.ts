import { beforeEach, describe, expect, it } from 'vitest';
import { complain } from '../../../../lib/task/rejection.ts';
import { listed } from '../../../support/listed.ts';
import { MoCdc } from '../../../support/mo-cdc.ts';
import { PASSWORD, scenarioRecord, scenarioSpec } from '../../../support/scenario-task.ts';

let tool: MoCdc;

const TASKS = `
taskName: activity_sync
sourceUri: mysql://root:\${SOURCE_PASSWORD}@127.0.0.1:6001
sinkType: matrixone
sinkUri: mysql://acc:admin:\${SINK_PASSWORD}@10.0.0.7:6001
tables:
  - { source: production_db.user_activities, sink: analytics_db.analytics_activities }
---
- taskName: orders
  sourceUri: &source mysql://root:{{resolve:secretsmanager:cdc/\${STAGE:-prod}}}@127.0.0.1:6001
  sinkType: mysql
  sinkUri: mysql://root:\${SINK_PASSWORD}@10.0.0.8:3306
  level: database
  databases: shop:shop_copy
  exclude: [^shop\\.tmp_]
  options: &options { mode: tick, endTs: 2099-01-01 00:00:00 }
- taskName: everything
  sourceUri: *source
  sinkType: matrixone
  sinkUri: mysql://root:\${SINK_PASSWORD}@10.0.0.9:6001
  level: account
  options: { <<: *options, chunkRows: 5 }
---
`;

const names = async () => (await listed(tool.world.store.list())).map(({ spec, desired }) => `${spec.name} ${desired}`);
const spec = async (name: string) => (await tool.world.store.get(name))?.spec;
const apply = (...more: string[]) => tool.run('apply', '-f', 'tasks.yaml', ...more);
/** What was asked of the API that changes something. */
const changes = () => tool.sent.filter((each) => !each.startsWith('GET'));

beforeEach(() => {
  tool = new MoCdc();
  tool.files['tasks.yaml'] = TASKS;
  tool.env = { SOURCE_PASSWORD: PASSWORD, SINK_PASSWORD: `${PASSWORD}@/:%` };
});

describe('apply', () => {
  it('creates what is declared: several documents, lists, shared parts, variables, references to secrets', async () => {
    const { code, out } = await apply();
    expect(out.split('\n').map((line) => line.split(/ {2,}/u))).toEqual([
      ['TASK', 'ACTION', 'WHAT', 'NOW', 'DECLARED'],
      ['activity_sync', 'created', 'level', 'table: 1 table'],
      ['orders', 'created', 'level', 'database: 1 database'],
      ['everything', 'created', 'level', 'account: every database'],
      [''],
      ['3 tasks: 3 created.'],
      [''],
    ]);
    expect(code).toBe(0);
    expect(await spec('activity_sync')).toMatchObject({
      sourceUri: `mysql://root:${PASSWORD}@127.0.0.1:6001`,
      sinkUri: `mysql://acc:admin:${PASSWORD}%40%2F%3A%25@10.0.0.7:6001`,
      tables: [{ sink: { database: 'analytics_db' } }],
    });
    expect(await spec('orders')).toMatchObject({
      sourceUri: 'mysql://root:{{resolve:secretsmanager:cdc/prod}}@127.0.0.1:6001',
      databases: [{ source: 'shop', sink: 'shop_copy' }],
      exclude: ['^shop\\.tmp_'],
      options: { mode: 'tick', endTs: '2099-01-01T00:00:00.000Z' },
    });
    expect((await spec('everything'))?.options).toMatchObject({ mode: 'tick', chunkRows: 5 });
  });

  it('changes nothing when it is repeated', async () => {
    await apply();
    const before = await listed(tool.world.store.list());
    tool.sent.length = 0;
    const { code, out } = await apply();
    expect([code, out.trim().split('\n').at(-1), changes()]).toEqual([0, '3 tasks: 3 unchanged.', []]);
    expect(await listed(tool.world.store.list())).toEqual(before);
    expect((await apply('--dry-run', '--exit-code')).code).toBe(0);
  });

  it('edits what differs, and leaves the rest', async () => {
    await apply();
    tool.files['tasks.yaml'] = TASKS.replace('127.0.0.1:6001', '127.0.0.2:6001')
      .replace('mode: tick, endTs: 2099-01-01 00:00:00', 'mode: adaptive')
      .replace('- { source: production_db', '- { source: a.b }\n  - { source: production_db')
      .replace('exclude: [^shop\\.tmp_]', '');
    tool.sent.length = 0;
    const { code, out } = await apply();
    expect(out.split('\n').map((line) => line.split(/ {2,}/u))).toEqual([
      ['TASK', 'ACTION', 'WHAT', 'NOW', 'DECLARED'],
      [
        ...['activity_sync', 'edited', 'sourceUri', 'mysql://root:******@127.0.0.1:6001'],
        'mysql://root:******@127.0.0.2:6001',
      ],
      ['activity_sync', 'edited', 'tables', 'a.b to a.b'],
      ['orders', 'edited', 'exclude', '^shop\\.tmp_'],
      ['orders', 'edited', 'options.mode', 'tick', 'adaptive'],
      ['orders', 'edited', 'options.endTs', '2099-01-01T00:00:00.000Z', '-'],
      ['everything', 'edited', 'options.mode', 'tick', 'adaptive'],
      ['everything', 'edited', 'options.endTs', '2099-01-01T00:00:00.000Z', '-'],
      [''],
      ['3 tasks: 3 edited.'],
      [''],
    ]);
    expect([code, changes().length]).toEqual([0, 3]);
    expect(await spec('orders')).toMatchObject({ exclude: [], options: { mode: 'adaptive', endTs: null } });
    expect((await spec('activity_sync'))?.tables).toHaveLength(2);
    expect((await apply('--dry-run')).out).toContain('3 tasks: 3 unchanged.');
  });

  it('--dry-run shows the same and changes nothing; its exit code tells whether anything differs', async () => {
    const { code, out } = await apply('--dry-run');
    expect([code, changes()]).toEqual([0, []]);
    expect(out).toMatch(/^activity_sync {2}create {2,}level/mu);
    expect(out).toContain('3 tasks: 3 create.');
    expect((await apply('--dry-run', '--exit-code')).code).toBe(3);
    expect((await apply('--exit-code')).code).toBe(2);
  });

  it('drops nothing unless it is told to, and then asks', async () => {
    await tool.world.store.create(scenarioRecord({ spec: scenarioSpec({ name: 'old' }) }));
    expect((await apply()).out).toContain('Not declared, and left alone (--prune drops them): old.');
    const nobody = await apply('--prune');
    expect([nobody.code, nobody.err]).toEqual([2, expect.stringContaining('add --yes')]);
    tool.answer = 'n';
    expect((await apply('--prune')).code).toBe(1);
    expect(tool.asked).toEqual(['Drop 1 task that no file declares: old? [y/N] ']);
    expect(await names()).toContain('old running');
    expect((await apply('--prune', '--dry-run')).out).toMatch(/^old +drop$/mu);
    tool.onSleep = () => {
      const lease = { owner: 'w', until: tool.now, runsUntil: tool.now };
      void tool.world.store
        .acquire('old', lease, tool.now)
        .then((got) => (got.outcome === 'acquired' ? tool.world.store.remove(got.key) : undefined));
    };
    const { code, out } = await apply('--prune', '--yes');
    expect([code, out]).toEqual([0, expect.stringMatching(/^old +dropped$/mu)]);
    expect(await names()).toEqual(['activity_sync running', 'everything running', 'orders running']);
  });

  it('goes on when one task is refused, says why, and drops nothing then', async () => {
    await tool.world.store.create(scenarioRecord({ spec: scenarioSpec({ name: 'old' }) }));
    const send = tool.fetch;
    tool.fetch = (url, request) => {
      tool.world.complaints =
        request.body?.includes('activity_sync') === true
          ? [complain('TABLE_WITHOUT_KEY', 'tables', 'a.b has no primary key.')]
          : [];
      return send(url, request);
    };
    const { code, out } = await apply('--prune', '--yes');
    expect(code).toBe(1);
    expect(out).toMatch(/^activity_sync +create: failed/mu);
    expect(out).toMatch(/^old +drop: not tried/mu);
    expect(out).toContain('activity_sync:\n  TASK_REJECTED: Correct');
    expect(out).toContain('  - tables: a.b has no primary key. (TABLE_WITHOUT_KEY)');
    expect(await names()).toEqual(['everything running', 'old running', 'orders running']);
  });

  it('tries nothing more once the API cannot be reached', async () => {
    const send = tool.fetch;
    tool.fetch = (url, request) =>
      request.body?.includes('"orders"') === true ? Promise.reject(new Error('ECONNRESET')) : send(url, request);
    const { code, out } = await apply();
    expect([code, await names()]).toEqual([1, ['activity_sync running']]);
    expect(out).toContain('3 tasks: 1 created, 1 create: failed, 1 create: not tried.');
    expect(out).toContain('cannot be reached: ECONNRESET');
    tool.fetch = send;
    expect((await apply()).out).toContain('3 tasks: 1 unchanged, 2 created.');
  });

  it('sends nothing if an edit cannot change something', async () => {
    await apply();
    tool.sent.length = 0;
    tool.files['tasks.yaml'] = TASKS.replace('options: { <<: *options', 'options: { noFull: true, mode: adaptive')
      .replace('level: database\n  databases: shop:shop_copy', 'level: account')
      .replace('mode: tick', 'mode: continuous');
    for (const more of [[], ['--dry-run']]) {
      const { code, out } = await apply(...more);
      expect([code, changes()]).toEqual([1, []]);
      expect(out).toMatch(/^orders +impossible +level +database +account$/mu);
      expect(out).toMatch(/^everything +impossible +options.noFull +false +true$/mu);
      expect(out).toContain('Nothing was sent');
    }
  });

  it('sends passwords of existing tasks only on request, as it cannot see whether they have changed', async () => {
    await apply();
    tool.env['SINK_PASSWORD'] = 'another';
    expect((await apply('--dry-run')).out).toContain('3 unchanged');
    const { code, out } = await apply('--renew-passwords');
    expect([code, out]).toEqual([0, expect.stringMatching(/^orders +edited +sinkUri +the password, once more$/mu)]);
    // References are no passwords.
    expect(out).not.toMatch(/^orders +edited +sourceUri/mu);
    expect((await spec('orders'))?.sinkUri).toBe('mysql://root:another@10.0.0.8:3306?tls=required');
  });

  it('waits for nobody who drops a declared task: the API refuses it until it is gone', async () => {
    await apply();
    await tool.run('task', 'drop', '--task-name', 'orders', '--no-wait');
    const { code, out } = await apply('--prune', '--yes');
    expect([code, out]).toEqual([1, expect.stringContaining('orders:\n  TASK_DROPPING')]);
  });

  it('takes several files, and the standard input', async () => {
    const [first = '', ...rest] = TASKS.split('---\n');
    Object.assign(tool.files, { 'a.yaml': first, '-': rest.join('---\n') });
    expect((await tool.run('apply', '-f', 'a.yaml', '-f', '-')).out).toContain('3 tasks: 3 created.');
    const { code, err } = await tool.run('apply', '-f', 'a.yaml', '-f', 'a.yaml');
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('a.yaml:2: The task "activity_sync" is declared at a.yaml:2'),
    ]);
  });
});

describe('a file that is wrong', () => {
  it.each([
    ['no file', undefined, /tasks\.yaml cannot be read: ENOENT/u],
    ['no task', '# nothing\n---\n', /tasks\.yaml: No task is declared/u],
    ['no YAML', 'taskName: a\n  b: [', /tasks\.yaml:\d: /u],
    ['no mapping', 'just text', /tasks\.yaml:1: This is no task/u],
    [
      'a misspelt field',
      TASKS.replace('sinkType: matrixone', 'sinktype: matrixone'),
      /:4: sinktype: There is no such/u,
    ],
    ['a missing field', TASKS.replace('  sinkType: mysql\n', ''), /:9: sinkType: The field is missing/u],
    ['a bad value in a list', TASKS.replace('[^shop', '[(?=x), ^shop'), /:15: exclude.*RE2/u],
    ['a bad option', TASKS.replace('chunkRows: 5', 'chunkRows: five'), /:22: options\.chunkRows: Invalid input/u],
    [
      'a task twice',
      TASKS.replace('taskName: orders', 'taskName: everything'),
      /:17: The task "everything" is declared at tasks.yaml:9/u,
    ],
    [
      'a variable that is not set',
      TASKS.replace('{STAGE:-prod}', '{STAGE}'),
      /:10: The environment variable STAGE is not set/u,
    ],
    ['a variable that is none', TASKS.replace('{STAGE:-prod}', '{9}'), /:10: A "\$\{" begins no variable/u],
    ['the same key twice', `${TASKS}taskName: a\ntaskName: b`, /: Map keys must be unique/u],
  ])('is refused before anything is sent: %s', async (_, text, complaint) => {
    if (text === undefined) delete tool.files['tasks.yaml'];
    else tool.files['tasks.yaml'] = text;
    const { code, err } = await apply();
    expect([code, tool.sent]).toEqual([2, []]);
    expect(err).toMatch(complaint);
  });

  it('is never quoted, because it may hold passwords', async () => {
    for (const text of [`a: ${PASSWORD}\n b: [`, `sourceUri: mysql://root:${PASSWORD}/@h@\n`, `- ${PASSWORD}`]) {
      tool.files['tasks.yaml'] = text;
      expect((await apply()).code).toBe(2);
    }
  });

  it('takes an empty variable for one that is not set: pipelines set those that have no value', async () => {
    tool.env['SINK_PASSWORD'] = '';
    expect((await apply()).err).toContain('tasks.yaml:5: The environment variable SINK_PASSWORD is not set.');
  });
});
