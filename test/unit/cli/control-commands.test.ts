import { beforeEach, describe, expect, it } from 'vitest';
import { NOW } from '../../support/api-world.ts';
import { MoCdc, OK, ONE, SOURCE } from '../../support/mo-cdc.ts';
import { scenarioRecord, scenarioSpec } from '../../support/scenario-task.ts';
import { listed } from '../../support/listed.ts';

let tool: MoCdc;

beforeEach(() => {
  tool = new MoCdc();
});

describe('commands', () => {
  beforeEach(async () => {
    await tool.world.store.create(scenarioRecord());
  });

  it.each(['pause', 'resume', 'restart'])('%s answers OK', async (verb) => {
    expect(await tool.run('task', verb, ...ONE)).toEqual(OK);
    expect(tool.sent).toContain(`POST /tasks/activity_sync/${verb}`);
  });

  it('touch no task of another source', async () => {
    const other = ['--task-name', 'activity_sync', '--source-uri', 'mysql://root:111@127.0.0.2:6001'];
    for (const verb of ['pause', 'resume', 'restart', 'drop']) {
      const { code, err } = await tool.run('task', verb, ...other);
      expect(code).toBe(1);
      expect(err).toContain('Leave --source-uri out');
    }
    expect(tool.sent.every((request) => request.startsWith('GET '))).toBe(true);
  });

  it('pause waits until the worker has stopped', async () => {
    await tool.world.store.acquire('activity_sync', { owner: 'w', until: NOW + 60_000, runsUntil: NOW }, NOW);
    let looks = 0;
    tool.onSleep = () => {
      looks += 1;
      if (looks === 3) void tool.world.store.release({ name: 'activity_sync', id: scenarioRecord().id, epoch: 1 });
    };
    expect(await tool.run('task', 'pause', ...ONE)).toEqual(OK);
    expect(looks).toBeGreaterThanOrEqual(3);
  });

  it('pause gives up after half a minute, and need not wait at all', async () => {
    await tool.world.store.acquire('activity_sync', { owner: 'w', until: NOW + 600_000, runsUntil: NOW }, NOW);
    const { code, err } = await tool.run('task', 'pause', ...ONE);
    expect([code, err]).toEqual([1, 'error: The task "activity_sync" has not stopped yet, but will.\n']);
    expect(tool.now - NOW).toBeGreaterThanOrEqual(30_000);
    expect(await tool.run('task', 'pause', '--no-wait', ...ONE)).toEqual(OK);
  });

  it('drop waits until the task is gone', async () => {
    tool.onSleep = () => {
      tool.onSleep = () => undefined;
      void tool.world.store
        .acquire('activity_sync', { owner: 'w', until: NOW, runsUntil: NOW }, NOW)
        .then((got) => (got.outcome === 'acquired' ? tool.world.store.remove(got.key) : undefined));
    };
    expect(await tool.run('task', 'drop', ...ONE)).toEqual(OK);
    expect(await listed(tool.world.store.list())).toEqual([]);
    expect((await tool.run('task', 'drop', ...ONE)).err).toContain('TASK_NOT_FOUND');
  });

  it('drop can be forced, and then says what may stay behind', async () => {
    const { code, out } = await tool.run('task', 'drop', '--force', '--no-wait', ...ONE);
    expect([code, (await tool.world.store.get('activity_sync'))?.forced]).toEqual([0, true]);
    expect(out.split('\n')).toEqual([
      'OK',
      expect.stringContaining(
        'activity_sync: If the source cannot be reached, this stays: at the source, the snapshots',
      ),
      expect.stringContaining('If the sink cannot be reached, this stays: at the sink, the rows of task_id'),
      '',
    ]);
  });

  it('drop --all asks first, and names how many tasks it is for', async () => {
    const spec = scenarioSpec({ name: 'x', sourceUri: 'mysql://a:b@other' });
    await tool.world.store.create(scenarioRecord({ id: crypto.randomUUID(), spec }));
    const desired = async () => (await listed(tool.world.store.list())).map((record) => record.desired);
    const untouched = ['running', 'running'];
    const nobody = await tool.run('task', 'drop', '--all', '--no-wait');
    expect([nobody.code, nobody.err, await desired()]).toEqual([2, expect.stringContaining('add --yes'), untouched]);
    tool.answer = 'n';
    expect(await tool.run('task', 'drop', '--all', '--no-wait')).toMatchObject({ code: 1, out: '' });
    expect([tool.asked, await desired()]).toEqual([['Drop 2 tasks: activity_sync, x? [y/N] '], untouched]);
    tool.answer = 'y';
    expect(await tool.run('task', 'drop', '--all', '--no-wait', '--source-uri', SOURCE)).toEqual(OK);
    expect([tool.asked.at(-1), await desired()]).toEqual([
      'Drop 1 task: activity_sync? [y/N] ',
      ['dropping', 'running'],
    ]);
    tool.answer = undefined;
    expect(await tool.run('task', 'drop', '--all', '--yes', '--no-wait')).toEqual(OK);
    expect(await desired()).toEqual(['dropping', 'dropping']);
    // One task that is named needs no question.
    expect(tool.asked).toHaveLength(2);
    expect(await tool.run('task', 'drop', '--no-wait', ...ONE)).toEqual(OK);
  });

  it('can be for all tasks of a source', async () => {
    const spec = scenarioSpec({ name: 'x', sourceUri: 'mysql://a:b@other' });
    await tool.world.store.create(scenarioRecord({ id: crypto.randomUUID(), spec }));
    expect(await tool.run('task', 'pause', '--all', '--source-uri', SOURCE)).toEqual(OK);
    expect((await listed(tool.world.store.list())).map((record) => record.desired)).toEqual(['paused', 'running']);
  });
});

describe('an API out of order', () => {
  const answers = (text: string, status: number) => {
    tool.fetch = () => Promise.resolve(new Response(text, { status }));
  };

  it('is named when it cannot be reached', async () => {
    tool.fetch = () => Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }));
    const { code, err } = await tool.run('task', 'list');
    expect([code, err]).toEqual([1, 'error: The API at http://localhost cannot be reached: connect ECONNREFUSED\n']);
  });

  it('is quoted when its answer is none of ours', async () => {
    answers('{"message":"Forbidden"}', 403);
    expect((await tool.run('task', 'list')).err).toBe('error: The API answered 403: {"message":"Forbidden"}\n');
    answers('<html>', 200);
    expect((await tool.run('task', 'list')).err).toContain('an answer that this tool does not understand');
    answers('{"tasks":[{"name":"x"}]}', 200);
    expect((await tool.run('task', 'list')).err).toContain('an answer that this tool does not understand');
  });
});
