import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LogLine } from '../../../lib/cli/client/command-world.ts';
import { readableLines } from '../../../lib/cli/watching/log-text.ts';
import { createLog } from '../../../lib/logger.ts';
import { NOW } from '../../support/api-world.ts';
import { MoCdc } from '../../support/mo-cdc.ts';

let tool: MoCdc;
let lines: LogLine[];
let closed: number;
/** The times since which lines were asked for. */
let asked: number[];

const line = (id: string, at: number, fields: object = {}): LogLine => ({
  id,
  at,
  text: JSON.stringify({ time: new Date(at).toISOString(), level: 'info', event: id, task: 't', ...fields }),
});

beforeEach(() => {
  [lines, closed, asked] = [[], 0, []];
  tool = new MoCdc();
  tool.logs = {
    read: (_task, since) => {
      asked.push(since);
      return Promise.resolve(lines.filter(({ at }) => at >= since).toSorted((a, b) => a.at - b.at));
    },
    close: () => void (closed += 1),
  };
});

/** Follows the logs; between two looks the steps are taken, and then it is interrupted. */
function follow(...steps: (() => void)[]) {
  const left = [...steps];
  tool.onSleep = () => {
    const next = left.shift();
    if (next === undefined) tool.interruption.abort();
    else next();
  };
  return tool.run('task', 'logs', '--task-name', 't', '--follow');
}
const events = (out: string): string[] =>
  out
    .trim()
    .split('\n')
    .map((each) => each.split(/ +/u)[2] ?? '');

describe('task logs', () => {
  it('prints lines in words, without what all of them have', async () => {
    lines = [
      line('a', NOW - 2, { window: 3, note: 'two words', taskId: 'x', requestId: 'y', function: 'replicate' }),
      line('b', NOW - 1, { level: 'error', code: 'X', error: { name: 'E', message: 'No.', code: 'C', stack: 'at …' } }),
      line('old', NOW - 3_600_001),
      line('other', NOW, { task: 'u' }),
      line('metrics', NOW, { _aws: {} }),
      { id: 'start', at: NOW, text: 'START RequestId: 1 Version: $LATEST' },
    ];
    expect(await tool.run('task', 'logs', '--task-name', 't')).toEqual({
      code: 0,
      out: [
        '2025-03-28T07:29:59.998Z info  a window=3 note="two words"',
        '2025-03-28T07:29:59.999Z error b code=X error="C: No."',
        '',
      ].join('\n'),
      err: '',
    });
    expect([asked, closed]).toEqual([[NOW - 3_600_000], 1]);
    lines = [];
    expect((await tool.run('task', 'logs', '--task-name', 't', '--since', '1m')).out).toContain('Nothing was logged');
    expect(asked.at(-1)).toBe(NOW - 60_000);
  });

  it('sorts lines by their own times, of which an emulator knows only that of the run that has ended', async () => {
    const [first, second] = [line('a', NOW - 3), line('b', NOW - 2)];
    lines = [
      { id: 'x', at: NOW - 1, text: line('c', NOW - 1).text },
      { id: 'y', at: NOW, text: `${second.text}\n${first.text}` },
    ];
    expect(events((await tool.run('task', 'logs', '--task-name', 't')).out)).toEqual(['a', 'b', 'c']);
  });

  it('follows: every line once, those that come late, too', async () => {
    lines = [line('a', NOW)];
    const add =
      (...more: LogLine[]) =>
      () =>
        void lines.push(...more);
    const { code, out } = await follow(
      add(line('c', NOW + 20_000)),
      add(line('b', NOW + 10_000)),
      add(line('e', NOW + 200_000)),
      add(line('d', NOW + 150_000)),
    );
    expect([code, events(out), closed]).toEqual([0, ['a', 'c', 'b', 'e', 'd'], 1]);
    // It does not read everything again each time.
    expect(asked.at(-1)).toBe(NOW + 140_000);
  });

  it('follows whatever comes in whatever order, if it is less than a minute late', async () => {
    const delays = fc.array(fc.tuple(fc.nat(300_000), fc.nat(59_000)), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(delays, async (given) => {
        tool.interruption = new AbortController();
        lines = [];
        tool.now = NOW;
        const all = given.map(([at, late], id) => ({ ...line(`e${id}`, NOW + at), seen: NOW + at + late }));
        tool.onSleep = () => {
          lines = all.filter(({ seen }) => seen <= tool.now);
          if (tool.now > NOW + 400_000) tool.interruption.abort();
        };
        const { out } = await tool.run('task', 'logs', '--task-name', 't', '--follow');
        expect(out.trim() === '' ? [] : events(out).toSorted()).toEqual(all.map(({ id }) => id).toSorted());
      }),
      { numRuns: 20 },
    );
  });

  it('goes on when CloudWatch fails for a while, and says so; it fails if it cannot begin', async () => {
    const read = (_task: string, since: number) => Promise.resolve(lines.filter(({ at }) => at >= since));
    const fail = () => Promise.reject(Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' }));
    const use = (reading: typeof read) => () =>
      void (tool.logs = Object.assign(tool.logs ?? {}, { read: reading, close: () => undefined }));
    lines = [line('a', NOW)];
    const { code, out } = await follow(use(fail), () => (use(read)(), lines.push(line('b', NOW + 1))));
    expect([code, out.trim().split('\n')[1]]).toEqual([
      0,
      'The logs cannot be read: ThrottlingException: Rate exceeded',
    ]);
    expect(out).toContain(' b');
    use(fail)();
    const refused = await tool.run('task', 'logs', '--task-name', 't');
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('logs:FilterLogEvents')]);
    expect((await tool.run('task', 'logs')).code).toBe(2);
  });
});

describe('what a function logs', () => {
  it('is told in one line, with all its fields', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (task, value) => {
        const written: string[] = [];
        createLog({ task }, (text) => void written.push(text))('warn', 'some.event', { field: value, big: 7n });
        const found = readableLines(`START\n${written.join('')}END`, task);
        expect(found).toHaveLength(1);
        expect(found[0]).toMatch(/^\S+Z warn {2}some\.event field=.* big=7$/u);
        expect(readableLines(written.join(''), `${task}x`)).toEqual([]);
      }),
    );
  });
});
