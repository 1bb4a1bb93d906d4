import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../lib/clock.ts';
import { ApiClient } from '../../../lib/cli/client/api-client.ts';
import { run } from '../../../lib/cli/run.ts';
import { taskView } from '../../../lib/http/view/task-view.ts';
import { taskSummarySchema } from '../../../lib/http/view/task-view-schema.ts';
import { scenarioRecord } from '../../support/scenario-task.ts';

const NOW = Date.parse('2025-03-28T07:00:00.000Z');

/** Says the text wherever an answer has a text of a server or of another user. */
function hostile(text: string): typeof fetch {
  const record = scenarioRecord();
  const view = taskView(record, NOW);
  const [table] = view.tables;
  const error = { code: 'SINK_ERROR', message: text, action: text, retry: true, attempts: 2 } as const;
  const at = new Date(NOW).toISOString();
  const check = {
    ...{ kind: 'verify', state: 'running', startedAt: at, finishedAt: null, tablesTotal: 1, tablesDone: 0 },
    ...{ tablesDiffering: 0, tablesFailed: 0, rows: 1, rowsPerSecond: 1, secondsLeft: 1, table: text, tables: [] },
  };
  const task = {
    ...view,
    name: text,
    tables: [{ ...table, source: text, sink: text, setAside: { ...error, at } }],
    leftOut: { count: 1, first: [{ table: text, reason: text }] },
    error: { ...error, firstAt: at, lastAt: at, table: text },
    warning: error,
    notes: [text],
    check,
  };
  const summary = taskSummarySchema
    .loose()
    .parse({ ...task, tables: { count: 1, phases: {} }, leftOut: 0, simplified: 0, compared: 0, dropped: 0 });
  const problem = {
    code: text,
    detail: text,
    action: text,
    complaints: [{ code: text, setting: text, found: text, action: text }],
  };
  return (input, init) => {
    const { pathname } = new URL(input);
    if (pathname.endsWith('/restart')) return answer(problem, 422);
    if (pathname.endsWith('/pause')) return Promise.resolve(new Response(text, { status: 502 }));
    if (pathname.endsWith('/verify'))
      return answer({ ...task, check: { ...check, state: init?.method === 'POST' ? 'running' : 'finished' } });
    if (pathname === '/tasks') return answer({ tasks: [summary], next: null });
    return answer({ ...task, check: { ...check, state: 'finished' } });
  };
}

const answer = (body: unknown, status = 200): Promise<Response> => Promise.resolve(Response.json(body, { status }));

async function printed(text: string, ...args: string[]): Promise<string> {
  return (await printedAt(undefined, text, ...args)).join('');
}

/** The pieces that are written, without our own codes, at a terminal or elsewhere. `watch` is interrupted at once. */
async function printedAt(
  size: { columns: number; rows: number } | undefined,
  text: string,
  ...args: string[]
): Promise<string[]> {
  const written: string[] = [];
  const interruption = new AbortController();
  const interrupt = (): Promise<void> => {
    interruption.abort();
    return Promise.resolve();
  };
  const clock: Clock = { now: () => NOW, sleep: interrupt };
  const write = (piece: string): void => void written.push(piece);
  await run(args, {
    ...{ out: write, error: write, clock, zone: 'UTC' },
    progress: (piece) => void written.push(piece.replaceAll('\r\u001b[K', '')),
    connect: () => Promise.resolve(new ApiClient('http://api.example', hostile(text))),
    untilInterrupted: () => interruption.signal,
    terminal:
      size === undefined
        ? undefined
        : { ...size, write: (piece) => void written.push(piece.replaceAll(/\u001b\[[HKJ]/gu, '')) },
  });
  return written;
}

const COMMANDS = [
  ['task', 'show', '--task-name', 'x'],
  ['task', 'show', '--all', '--output', 'wide'],
  ['task', 'show', '--all', '--output', 'yaml'],
  ['task', 'export'],
  ['task', 'describe', '--task-name', 'x'],
  ['task', 'watch', '--task-name', 'x'],
  ['task', 'watch', '--all'],
  ['task', 'list'],
  ['task', 'restart', '--task-name', 'x'],
  ['task', 'pause', '--task-name', 'x'],
  ['task', 'verify', '--task-name', 'x'],
  ['task', 'drop', '--task-name', 'x', '--force', '--no-wait'],
];

/** What a terminal carries out, or what makes a text look like another. */
const UNSEEN =
  /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\u2028\u2029\u00ad\ufeff]|[\u{e0000}-\u{e007f}]/u;
const unseen = fc.constantFrom(
  '\u001b[2J',
  '\u001b]0;x\u0007',
  '\u009b31m',
  '\u0008',
  '\r',
  '\u007f',
  '\u202e',
  '\u2066',
  '\u2028',
  '\ufeff',
  '\u{e0041}',
  '\n',
  'a',
  '密',
);

describe('whatever servers and the API say', () => {
  it.each(COMMANDS.map((args) => [args.join(' '), args] as const))(
    'reaches no terminal as it is: %s',
    async (_, args) => {
      await fc.assert(
        fc.asyncProperty(fc.array(unseen, { minLength: 1, maxLength: 6 }), async (parts) => {
          const text = await printed(parts.join(''), ...args);
          expect(text).not.toBe('');
          expect(UNSEEN.exec(text)?.[0]).toBeUndefined();
        }),
        { numRuns: 40 },
      );
    },
  );

  it('reaches no terminal that is watched, and never makes it scroll', async () => {
    const size = { columns: 40, rows: 8 };
    await fc.assert(
      fc.asyncProperty(fc.array(unseen, { minLength: 1, maxLength: 40 }), async (parts) => {
        for (const which of [['--all'], ['--task-name', 'x']]) {
          const frames = await printedAt(size, parts.join(''), 'task', 'watch', ...which);
          expect(frames.length).toBeGreaterThan(0);
          for (const frame of frames) {
            expect(UNSEEN.exec(frame)?.[0]).toBeUndefined();
            const lines = frame.split('\n');
            expect(lines.length).toBeLessThanOrEqual(size.rows);
            expect(Math.max(...lines.map((line) => line.replaceAll('密', 'ab').length))).toBeLessThanOrEqual(
              size.columns,
            );
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('stays what it is where JSON holds it', async () => {
    const text = 'a\u001b[31m\u009b\u202e\u{e0041}b';
    const [task] = JSON.parse(await printed(text, 'task', 'show', '--task-name', 'x')) as Record<string, string>[];
    expect(task?.['task-name']).toBe(text);
  });

  it('makes up no line of a table', async () => {
    const forged = 'shop\nforged  running  window';
    for (const output of ['table', 'wide']) {
      const text = await printed(forged, 'task', 'list', '--output', output);
      expect(text.split('\n').filter((line) => line.trimStart().startsWith('forged'))).toEqual([]);
    }
  });

  it('shows words of any script, and pictures, as they are', async () => {
    const text = 'می\u200cخواهم 👨\u200d👩\u200d👧 密 é';
    expect(await printed(text, 'task', 'list')).toContain(text);
  });
});

describe('what was typed', () => {
  const part = fc.constantFrom('@', '/', ':', '#', '?', ' ', '%', '密', 'HUNTER', 'X1Y2');
  const password = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));

  it.each([
    ['an unknown flag', (uri: string) => ['task', 'create', `--source=${uri}`]],
    ['a stray argument', (uri: string) => ['task', 'pause', '--task-name', 'x', uri]],
    ['a flag without its value', (uri: string) => ['task', 'list', uri, '--output']],
    ['a wrong choice', (uri: string) => ['task', 'list', '--output', uri]],
    ['an unknown command', (uri: string) => ['task', uri]],
    ['another source', (uri: string) => ['task', 'list', '--source-uri', uri]],
    ['words that the shell has taken apart', (uri: string) => ['task', 'list', ...uri.split(' ')]],
    ['an endpoint', (uri: string) => ['--endpoint', uri, 'task', 'list']],
  ])('is printed without passwords: %s', async (_, args) => {
    await fc.assert(
      fc.asyncProperty(password, async (secret) => {
        const uri = `mysql://root:${secret}@db.example.com:6001`;
        const text = await printed('x', ...args(uri));
        const leaked = Array.from({ length: Math.max(0, secret.length - 3) }, (_, at) => secret.slice(at, at + 4));
        expect(leaked.filter((each) => text.includes(each) && /[A-Z密]/u.test(each))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
