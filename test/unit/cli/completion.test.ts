import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ConnectOptions } from '../../../lib/cli/client/connect.ts';
import { createProgram } from '../../../lib/cli/program.ts';
import { MoCdc } from '../../support/mo-cdc.ts';
import { scenarioRecord, scenarioSpec } from '../../support/scenario-task.ts';

/** The words of the line as bash holds them; `mo_cdc complete` prints the given names. */
async function offered(words: readonly string[], names: readonly string[] = []): Promise<string[]> {
  const { out } = await new MoCdc().run('completion', 'bash');
  const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const tool = `mo_cdc() { [ "$1 $2" = 'complete --' ] && printf '%s\\n' ${names.map(quoted).join(' ')}; }`;
  const line = ['mo_cdc', ...words].map(quoted).join(' ');
  const call = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _mo_cdc; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', `${out}${tool}\n${call}`], { encoding: 'utf8' })
    .trim()
    .split('\n');
}

describe('completion in bash', () => {
  it('offers commands, then their flags, whatever values were given', async () => {
    expect(await offered([''])).toEqual(expect.arrayContaining(['task', 'completion', 'apply', 'help', '--stage']));
    expect(await offered(['com'])).toEqual(['completion']);
    expect(await offered(['task', 're'])).toEqual(['resync', 'resume', 'restart']);
    expect(await offered(['--stage', 'prod', 'task', 'drop', '--yes', '--fo'])).toEqual(['--force']);
    expect(await offered(['task', 'drop', '--task-name', 'show', '--fo'])).toEqual(['--force']);
    expect(await offered(['task', 'show', '--out'])).toEqual(['--output']);
    expect(await offered(['--stage', 'task', 'task', 'pa'])).toEqual(['pause']);
    expect(await offered(['--stage', '=', 'apply', 'task', 'pa'])).toEqual(['pause']);
    expect(await offered(['task', 'pause', '--reg'])).toEqual(['--region']);
  });

  it('offers values', async () => {
    expect(await offered(['task', 'show', '--output', ''])).toEqual(['json', 'table', 'wide', 'yaml']);
    expect(await offered(['task', 'list', '--output', '='])).toEqual(['json', 'table', 'wide', 'yaml']);
    expect(await offered(['task', 'list', '--output', '=', 'wi'])).toEqual(['wide']);
    expect(await offered(['import', '-o', 'y'])).toEqual(['yaml']);
    expect(await offered(['task', 'create', '--level', 't'])).toEqual(['table']);
    expect(await offered(['completion', 'z'])).toEqual(['zsh']);
    // None: bash then offers files.
    expect(await offered(['apply', '--filename', ''])).toEqual(['']);
  });

  it('offers names of tasks', async () => {
    const names = ['orders', 'orders_2', 'shop'];
    expect(await offered(['task', 'show', '--task-name', 'or'], names)).toEqual(['orders', 'orders_2']);
    expect(await offered(['task', 'show', '--task-name', ''], names)).toEqual(names);
    expect(await offered(['task', 'show', '--task-name', '=', 'sh'], names)).toEqual(['shop']);
    expect(await offered(['task', 'show', '--task-name', '='], names)).toEqual(names);
  });

  it('runs nothing that the name of a task holds, and quotes it', async () => {
    const names = ['$(echo ran)', '`echo ran`', 'a b', "it's", 'a;b', '密'];
    const found = await offered(['task', 'show', '--task-name', ''], names);
    expect(found.join('\n')).not.toMatch(/^ran$/mu);
    const unquoted = execFileSync('bash', ['-c', `printf '%s\\n' ${found.join(' ')}`], { encoding: 'utf8' });
    expect(unquoted.trim().split('\n')).toEqual(names);
  });
});

describe('completion in PowerShell', () => {
  it('is there, though nothing here can run it', async () => {
    const { out: powershell } = await new MoCdc().run('completion', 'powershell');
    expect(powershell).toMatch(/^Register-ArgumentCompleter -Native -CommandName mo_cdc -ScriptBlock \{$/mu);
    expect(powershell).toMatch(/^ +'task drop' = '--task-name .*--force/mu);
    expect(powershell).toMatch(/^ +'task show --output' = 'json table wide yaml'$/mu);
    expect(powershell.indexOf("'task drop' =")).toBeLessThan(powershell.indexOf("'task' ="));
    // Quotes and braces are even: nothing of a description or a name is in it.
    for (const pair of ['{}', '()', '[]'])
      expect(powershell.split(pair[0] ?? '').length).toBe(powershell.split(pair[1] ?? '').length);
    expect(await new MoCdc().run('completion', 'tcsh')).toMatchObject({ code: 2, out: '' });
  });
});

describe('the names that completion asks for', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('are those of the tasks, or nothing at all', async () => {
    const tool = new MoCdc();
    await tool.world.store.create(scenarioRecord());
    await tool.world.store.create(scenarioRecord({ id: crypto.randomUUID(), spec: scenarioSpec({ name: 'b' }) }));
    expect(await tool.run('complete', '--', 'task', 'show')).toEqual({ code: 0, out: 'activity_sync\nb\n', err: '' });
    tool.fetch = () => Promise.reject(new Error('ECONNREFUSED'));
    expect(await tool.run('complete', '--', 'task', 'show')).toEqual({ code: 0, out: '', err: '' });
  });

  it('come from the API that the words name, and soon', async () => {
    vi.stubEnv('MO_CDC_STAGE', 'test');
    let asked: ConnectOptions | undefined;
    const ignore = (): void => undefined;
    const note = (options: ConnectOptions): Promise<void> => Promise.resolve(void (asked = options));
    const ask = async (...words: string[]) => {
      const program = createProgram(note, { out: ignore, error: ignore });
      await program.parseAsync(['complete', '--', ...words], { from: 'user' });
      return asked;
    };
    expect(await ask('task', 'show', '--task-name')).toEqual({ stage: 'test', timeoutMs: 4_000 });
    expect(await ask('--stage', '=', 'prod', '--endpoint', "'http://h/$x'", '--sign', 'task')).toMatchObject({
      stage: 'prod',
      endpoint: 'http://h/$x',
      sign: true,
    });
    expect(await ask('--region=eu-central-1', 'task', '--profile')).toMatchObject({ region: 'eu-central-1' });
  });
});
