import { glob, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { ERRORS } from '../../../lib/error-codes.ts';
import { TASK_METRICS, TICK_METRICS, WORKER_METRICS } from '../../../lib/metrics/metric-names.ts';
import { declaredStack } from '../../support/declared-stack.ts';
import { readDoc, ROOT } from '../../support/doc-files.ts';

/** The events that the code logs; each has to be said in the call itself. Metrics are written beside the log. */
async function loggedEvents(): Promise<Set<string>> {
  const events = new Set<string>();
  for await (const file of glob('{lib,functions}/**/*.ts', { cwd: ROOT })) {
    const code = await readFile(new URL(file, ROOT), 'utf8');
    for (const { index } of code.matchAll(/\blog\(/gu)) {
      const [, event = ''] = /^log\([^,]*,\s*'([^']+)'/u.exec(code.slice(index)) ?? [];
      expect(event, `${file}: ${code.slice(index, index + 60)}`).not.toBe('');
      events.add(event);
    }
    for (const [, event = ''] of code.matchAll(/\bevent: '([^']+)'/gu)) events.add(event);
  }
  return events;
}

it('docs/operations.md speaks of every error and every alarm, and of none that there is not', async () => {
  const page = await readDoc('docs/operations.md');
  const titles = [...page.matchAll(/^### (\w+)$/gmu)].map(([, title = '']) => title);
  const { resources } = await declaredStack();
  const alarms = Object.entries(resources.Resources).filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');
  expect(titles.sort()).toEqual([...Object.keys(ERRORS), ...alarms.map(([name]) => name)].sort());
});

it('docs/operations.md has every metric', async () => {
  const page = await readDoc('docs/operations.md');
  for (const name of Object.keys({ ...TICK_METRICS, ...WORKER_METRICS, ...TASK_METRICS })) {
    expect(page, name).toContain(`\`${name}\``);
  }
});

it('docs/operations.md has a row for every event of the log, and for none that there is not', async () => {
  const page = await readDoc('docs/operations.md');
  const rows = [...page.matchAll(/^\| (`[a-z][^|]*) \|[^|]*\|[^|]*\|$/gmu)].map(([, cell = '']) => cell);
  const told = rows.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/gu)].map(([, name]) => name));
  expect(told.sort()).toEqual([...(await loggedEvents())].sort());
});
