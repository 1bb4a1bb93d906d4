import { beforeEach, describe, expect, it } from 'vitest';
import { newProgress } from '../../../lib/record/progress.ts';
import { NOW } from '../../support/api-world.ts';
import { MoCdc } from '../../support/mo-cdc.ts';
import { scenarioRecord, scenarioSpec } from '../../support/scenario-task.ts';
import { readTableKey } from '../../../lib/task/task.ts';

let tool: MoCdc;
const TABLE = readTableKey('production_db.user_activities');

/** The worker has copied so many of 200 rows. */
async function copy(rows: number): Promise<void> {
  const { store } = tool.world;
  const got = await store.acquire('activity_sync', { owner: 'w', until: NOW, runsUntil: NOW }, NOW);
  if (got.outcome !== 'acquired') throw new Error('unreachable');
  const progress = { ...newProgress(1, NOW), phase: 'load' as const, rowsLoaded: rows };
  const table = { chunks: 4, chunksDone: Math.floor(rows / 50), rows, total: 200 };
  await store.saveProgress(
    got.key,
    { ...progress, tables: { [TABLE]: { ...got.record.progress.tables[TABLE], ...table } } },
    NOW,
  );
  await store.release(got.key);
}

/** Runs `task watch`, and interrupts it when it has slept as often as there are steps. */
async function watch(steps: readonly (() => unknown)[], ...args: string[]) {
  const left = [...steps];
  tool.onSleep = () => {
    const next = left.shift();
    if (next === undefined) tool.interruption.abort();
    else next();
  };
  return tool.run('task', 'watch', ...args);
}

const plainFrames = () =>
  tool.drawn.map((frame) =>
    frame
      .replaceAll(/\u001b\[[HKJ]/gu, '')
      .split('\n')
      .map((line) => line.trimEnd()),
  );

beforeEach(async () => {
  tool = new MoCdc();
  await tool.world.store.create(scenarioRecord());
});

describe('task watch at a terminal', () => {
  beforeEach(() => {
    tool.terminal = { columns: 200, rows: 20 };
  });

  it('shows a task with its tables, and replaces what it has shown', async () => {
    await copy(50);
    const { code, out } = await watch([() => void copy(120)], '--task-name', 'activity_sync');
    expect([code, out]).toEqual([0, '']);
    expect(tool.drawn.every((frame) => frame.startsWith('\u001b[H') && frame.endsWith('\u001b[J'))).toBe(true);
    const [first = [], second = []] = plainFrames();
    expect(first[0]).toMatch(/^1 task, every 2 s, 2025-03-28T07:30:00.000Z\. Ctrl-C ends this\.$/u);
    expect(first[3]).toMatch(/^activity_sync +running +load +\[#####-{15}\] +25% +-/u);
    expect(first).toContainEqual(
      expect.stringMatching(/^production_db\.user_activities .* loading +\[#{5}-{15}\] +25% +50/u),
    );
    expect(second[3]).toMatch(/\[#{12}-{8}\] +60%/u);
  });

  it('shows all tasks, and asks no more often than it says', async () => {
    const spec = scenarioSpec({ name: 'b' });
    await tool.world.store.create(scenarioRecord({ id: crypto.randomUUID(), spec }));
    const times: number[] = [];
    await watch([() => times.push(tool.now), () => times.push(tool.now)], '--interval', '5s');
    expect(times).toEqual([NOW + 5_000, NOW + 10_000]);
    expect(tool.sent).toEqual(['GET /tasks', 'GET /tasks', 'GET /tasks']);
    expect(
      plainFrames()[0]
        ?.slice(2)
        .map((line) => line.split(' ')[0]),
    ).toEqual(['TASK', 'activity_sync', 'b', '']);
  });

  it('cuts what the terminal has no room for', async () => {
    tool.terminal = { columns: 30, rows: 4 };
    for (const name of ['b', 'c', 'd']) {
      await tool.world.store.create(scenarioRecord({ id: crypto.randomUUID(), spec: scenarioSpec({ name }) }));
    }
    await watch([]);
    const [frame = []] = plainFrames();
    expect(frame).toEqual(['4 tasks, every 2 s, 2025-03-28', '', '… 5 more lines', '']);
  });

  it('goes on when the API fails, says since when it is out of date, and asks less often', async () => {
    const { fetch } = tool;
    const fail = () => void (tool.fetch = () => Promise.reject(new Error('ECONNRESET')));
    const times: number[] = [];
    const note = () => void times.push(tool.now - NOW);
    await watch([fail, note, note, () => (note(), (tool.fetch = fetch)), note]);
    expect(times).toEqual([6_000, 14_000, 30_000, 32_000]);
    const frames = plainFrames();
    expect(frames[1]?.[0]).toMatch(
      /^Out of date since 2025-03-28T07:30:00\.000Z\. At 2025-03-28T07:30:02\.000Z: The API .* ECONNRESET$/u,
    );
    // What was seen last stays.
    expect(frames[1]?.slice(2)).toEqual(frames[0]?.slice(2));
    expect(frames.at(-1)?.[0]).toMatch(/^1 task/u);
  });

  it('ends with an error if the API cannot be asked at all', async () => {
    tool.fetch = () => Promise.reject(new Error('ECONNREFUSED'));
    expect((await watch([])).code).toBe(1);
    expect(tool.drawn).toEqual([]);
  });

  it('ends when its task is gone', async () => {
    const gone = () => {
      const missing = { code: 'TASK_NOT_FOUND', detail: 'x', action: 'x' };
      tool.fetch = () => Promise.resolve(Response.json(missing, { status: 404 }));
    };
    expect(await watch([gone], '--task-name', 'activity_sync')).toMatchObject({ code: 0, out: 'The task is gone.\n' });
  });
});

describe('task watch elsewhere', () => {
  it('prints a line for each change, and nothing while nothing changes', async () => {
    await copy(50);
    const quiet = () => undefined;
    const { out } = await watch([quiet, () => void copy(120), quiet], '--task-name', 'activity_sync');
    expect(out.trim().split('\n')).toEqual([
      '2025-03-28T07:30:00.000Z activity_sync: running, load, 25% copied, 50 rows loaded, 0 applied',
      '2025-03-28T07:30:00.000Z activity_sync: running, load, 60% copied, 120 rows loaded, 0 applied',
    ]);
  });

  it('says which task is gone', async () => {
    const list = tool.fetch;
    const gone = () => void (tool.fetch = () => Promise.resolve(Response.json({ tasks: [], next: null })));
    const { out } = await watch([gone, () => void (tool.fetch = list)]);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => line.replace(/^\S+Z /u, '').split(',')[0]),
    ).toEqual(['activity_sync: running', 'activity_sync: gone', 'activity_sync: running']);
  });
});

describe('task describe', () => {
  it('tells all about a task, and no password', async () => {
    const options = { ...scenarioSpec().options, mode: 'tick' as const };
    await tool.world.store.create(
      scenarioRecord({
        id: crypto.randomUUID(),
        spec: scenarioSpec({ name: 'b', level: 'account', tables: [], exclude: ['^tmp'], options }),
        error: {
          ...{
            code: 'SINK_ACCESS_DENIED' as const,
            message: 'Denied.',
            action: 'Check it.',
            retry: false,
            attempts: 3,
          },
          ...{ firstAt: NOW - 60_000, lastAt: NOW },
        } as never,
      }),
    );
    await copy(50);
    const { code, out } = await tool.run('task', 'describe', '--task-name', 'b');
    expect(code).toBe(0);
    const lines = out.split('\n').map((line) => line.trim().split(/ {2,}/u));
    expect(lines).toEqual(
      expect.arrayContaining([
        ['b: failed'],
        ['source', 'mysql://root:******@127.0.0.1:6001'],
        ['copies', 'every table of every database'],
        ['leaves out', '^tmp'],
        ['asked to be', 'running'],
        ['mode', 'tick (default continuous)'],
        ['SINK_ACCESS_DENIED, 3 times since 2025-03-28T07:29:00.000Z, last at 2025-03-28T07:30:00.000Z: Denied.'],
      ]),
    );
    const both = (await tool.run('task', 'describe', '--all')).out;
    expect(both).toContain('activity_sync: running\n');
    expect(both).toMatch(/^ +copies +1 table by name$/mu);
    expect((await tool.run('task', 'describe')).code).toBe(2);
  });
});
