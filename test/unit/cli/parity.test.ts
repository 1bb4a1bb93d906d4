import { execFileSync } from 'node:child_process';
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

describe('completion', () => {
  /** What bash offers for a line, whose last word is being typed. */
  async function offered(...words: string[]): Promise<string[]> {
    const { out } = await new MoCdc().run('completion', 'bash');
    const line = ['mo_cdc', ...words].map((word) => `'${word}'`).join(' ');
    const script = `${out}COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _mo_cdc; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n');
  }

  it('offers commands, then their flags, whatever values were given', async () => {
    expect(await offered('')).toEqual(expect.arrayContaining(['task', 'completion', '--stage']));
    expect(await offered('task', 're')).toEqual(['resync', 'resume', 'restart']);
    expect(await offered('--stage', 'prod', 'task', 'drop', '--task-name', 'show', '--fo')).toEqual(['--force']);
    expect(await offered('task', 'drop', '--task-name', 'show', '--fo')).toEqual(['--force']);
    expect(await offered('task', 'show', '--out')).toEqual(['--output']);
    expect(await offered('task', 'pause', '--reg')).toEqual(['--region']);
  });

  it('is there for other shells', async () => {
    const { out: zsh } = await new MoCdc().run('completion', 'zsh');
    expect(zsh).toContain('bashcompinit');
    const { out: fish } = await new MoCdc().run('completion', 'fish');
    expect(fish).toContain(
      "complete -c mo_cdc -n '__fish_seen_subcommand_from task; and __fish_seen_subcommand_from drop' -l force\n",
    );
    expect(await new MoCdc().run('completion', 'tcsh')).toMatchObject({ code: 2, out: '' });
  });
});
