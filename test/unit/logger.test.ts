import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { readLogLevel } from '../../lib/config.ts';
import { CdcError } from '../../lib/errors.ts';
import { LOG_LEVELS } from '../../lib/log.ts';
import { createLog, withRequestId } from '../../lib/logger.ts';

function capture(always = {}) {
  const lines: string[] = [];
  const log = createLog(always, (line) => lines.push(line));
  const entries = () => lines.map((line): unknown => JSON.parse(line));
  return { log, lines, entries };
}

it('writes one JSON object per line', () => {
  const { log, lines, entries } = capture({ function: 'tick' });
  log('info', 'tick.ended', { tasks: 2, text: 'two\nlines' });
  log('warn', 'tick.late');
  expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  expect(entries()).toMatchObject([
    { level: 'info', event: 'tick.ended', function: 'tick', tasks: 2, text: 'two\nlines' },
    { level: 'warn', event: 'tick.late' },
  ]);
});

it('keeps level, event and time, whatever the fields are called', () => {
  const { log, entries } = capture();
  log('error', 'failed', { level: 'none', event: 'nothing', time: 'never' });
  expect(entries()).toMatchObject([
    { level: 'error', event: 'failed', time: expect.stringMatching(/^20.*Z$/u) as string },
  ]);
});

it('gives each request its own id, also to what it leaves running', async () => {
  const { log, entries } = capture();
  const slow = withRequestId('first', async () => {
    await delay(5);
    log('info', 'late');
  });
  withRequestId('second', () => {
    log('info', 'early');
  });
  await slow;
  expect(entries()).toMatchObject([
    { event: 'early', requestId: 'second' },
    { event: 'late', requestId: 'first' },
  ]);
});

it('writes errors with their code and cause, and no login', () => {
  const { log, lines, entries } = capture();
  const cause = new Error('connect mysql://dump:secret@host:6001 failed');
  log('error', 'failed', { error: new CdcError('SOURCE_UNREACHABLE', 'No answer', { cause }) });
  expect(entries()).toMatchObject([
    {
      error: {
        code: 'SOURCE_UNREACHABLE',
        message: 'No answer',
        cause: { message: 'connect mysql://******@host:6001 failed' },
      },
    },
  ]);
  expect(lines.join()).not.toContain('secret');
});

it('writes what JSON cannot hold without failing', () => {
  const { log, entries } = capture();
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  log('info', 'big', { rows: 2n ** 64n });
  log('info', 'circular', { circle });
  expect(entries()).toMatchObject([{ rows: '18446744073709551616' }, { event: 'circular', level: 'info' }]);
});

it.each([
  ['info', ['info', 'warn', 'error']],
  ['warn', ['warn', 'error']],
  ['error', ['error']],
  // Of another program, perhaps.
  ['DEBUG', ['info', 'warn', 'error']],
  [undefined, ['info', 'warn', 'error']],
])('leaves out what is below the level of the deployment: %s', (LOG_LEVEL, written) => {
  const lines: string[] = [];
  const log = createLog({}, (line) => lines.push(line), readLogLevel({ LOG_LEVEL }));
  for (const level of LOG_LEVELS) log(level, 'said');
  expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(written);
});

it('takes the level from the environment that the deployment gives it', () => {
  vi.stubEnv('LOG_LEVEL', 'error');
  const lines: string[] = [];
  createLog({}, (line) => lines.push(line))('warn', 'unheard');
  vi.unstubAllEnvs();
  expect(lines).toEqual([]);
});
