import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { readAwsEndpoint, readConfig } from '../../lib/config.ts';

it('reads what the deployment sets', () => {
  const env = { TABLE_NAME: 'tasks', WORKER_FUNCTION: 'replicate', LOADER_FUNCTION: 'load-chunks' };
  expect(readConfig(env)).toStrictEqual({
    tableName: 'tasks',
    workerFunction: 'replicate',
    loaderFunction: 'load-chunks',
  });
});

it.each([{}, { TABLE_NAME: '', WORKER_FUNCTION: 'replicate' }])('names what is not set', (env) => {
  expect(() => readConfig(env)).toThrow('TABLE_NAME');
});

it('takes an empty address of AWS for none', () => {
  expect(readAwsEndpoint({ AWS_ENDPOINT_URL: '' })).toBeUndefined();
  expect(readAwsEndpoint({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' })).toBe('http://127.0.0.1:4566');
});

it('is the only one of the functions and their library to read the environment', async () => {
  const root = new URL('../../', import.meta.url);
  const files = await Promise.all(
    ['functions', 'lib'].map(async (folder) =>
      (await readdir(new URL(folder, root), { recursive: true })).map((file) => `${folder}/${file}`),
    ),
  );
  // The command line tool is a program of its own, with its own environment.
  const sources = files.flat().filter((file) => file.endsWith('.ts') && !file.startsWith('lib/cli/'));
  const texts = await Promise.all(
    sources.map(async (file) => ({ file, text: await readFile(new URL(file, root), 'utf8') })),
  );
  const readers = texts.filter(({ text }) => text.includes('process.env')).map(({ file }) => file);
  expect(readers).toStrictEqual(['lib/config.ts']);
});
