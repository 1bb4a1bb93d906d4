import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, '..', 'bench', 'main.ts');

/** On servers of its own: those of the environment are for figures, not for this. */
async function bench(...args: string[]): Promise<string> {
  const env = { ...process.env };
  for (const name of ['MATRIXONE_SOURCE', 'MATRIXONE_SINK']) Reflect.deleteProperty(env, name);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [MAIN, ...args], { env });
  expect(stderr).not.toContain('Left behind');
  return stdout;
}

/** The first cells of a table's lines. */
const firstCells = (text: string): string[] =>
  text.split('\n').flatMap((line) => (line.startsWith('| ') ? [line.split('|')[1]?.trim() ?? ''] : []));

it('measures every side of its topics, and says what holds for the figures', async () => {
  const topics = ['load', 'apply', 'tables', 'start', 'verify', 'backlog'];
  const text = await bench(...topics, '--rows', '500', '--changes', '20', '--tables', '6', '--rounds', '1');
  expect(firstCells(text)).toStrictEqual([
    'side',
    'ours',
    'mariadb-dump',
    'INSERT of 1000 rows',
    'read and discard',
    'LOAD DATA alone, 1 connection',
    'LOAD DATA alone, 2 connections',
    'side',
    'ours',
    'REPLACE of 1000 rows',
    'from … to',
    'pin made … checkpoint stored',
    'pin asked for … checkpoint stored',
    'what',
    'asking for each table',
    'ours: run of one window',
    'of which from pin made to checkpoint stored',
    'function',
    'health',
    'list-tasks',
    'tick',
    'replicate',
    'side',
    'checksums, 0 differences',
    'row by row, 0 differences',
    'checksums, 10 differences',
    'side',
    'invocations of 20 s',
    'one invocation',
  ]);
  expect(text).not.toMatch(/NaN|Infinity|\| +- \|/u);
  expect(text.match(/load average at start [\d.]+ [\d.]+ [\d.]+$/gmu)).toHaveLength(7);
  expect(text).toContain('cores for servers and clients together');
});

it('names the topics when it is asked for one that there is not', async () => {
  await expect(bench('laod')).rejects.toThrow('There is no topic laod');
});
