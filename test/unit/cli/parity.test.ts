import { describe, expect, it } from 'vitest';
import { MoCdc } from '../../support/mo-cdc.ts';

/** What mo_cdc's commands take, by its documentation. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  create: [
    ...['--task-name', '--source-uri', '--sink-type', '--sink-uri', '--level', '--account', '--databases', '--tables'],
    ...['--no-full', '--start-ts', '--end-ts', '--send-sql-timeout', '--max-sql-length', '--exclude'],
    ...['--error-handle-option', '--frequency'],
  ],
  show: ['--source-uri', '--all', '--task-name'],
  pause: ['--source-uri', '--all', '--task-name'],
  drop: ['--source-uri', '--all', '--task-name'],
  resume: ['--source-uri', '--task-name'],
  restart: ['--source-uri', '--task-name'],
};

const cases = Object.entries(FLAGS).flatMap(([command, flags]) => flags.map((flag) => [command, flag] as const));

describe('every flag of mo_cdc', () => {
  it.each(cases)('is taken or refused by its name: task %s %s', async (command, flag) => {
    const tool = new MoCdc();
    const { out } = await tool.run('task', command, '--help');
    const { code, err } = await tool.run('task', command, flag, 'ignore');
    if (new RegExp(`^ +${flag}\\b`, 'mu').test(out)) expect(err).not.toContain('unknown option');
    else expect([code, err]).toEqual([2, expect.stringContaining(`The flag ${flag} of mo_cdc is not supported`)]);
  });

  it('leaves no flag of another tool unnoticed', async () => {
    expect((await new MoCdc().run('task', 'show', '--sync-point', 'x')).err).toContain('unknown option');
  });
});
