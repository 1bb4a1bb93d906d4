import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { firstSteps } from '../../../localstack/first-steps.ts';
import { complaintAbout, shellWords } from '../../support/cli-examples.ts';

const STACK = {
  httpEndpoint: 'http://127.0.0.1:4566/_aws/execute-api/ab12/$default',
  sourceUri: "mysql://root:it's&$x@127.0.0.1:6001",
  sinkUri: 'mysql://root:x@127.0.0.1:6002',
};

it('are lines that the shell and the tool take as they are', async () => {
  const [endpoint = '', create = '', page = '', ...others] = firstSteps(STACK);
  expect(others).toEqual([]);
  expect(await complaintAbout({ words: shellWords(page).slice(2), whole: true })).toBeUndefined();
  const sh = (script: string) => execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
  expect(sh(`${endpoint}; printf %s "$MO_CDC_ENDPOINT"`)).toBe(STACK.httpEndpoint);
  // The words as the shell passes them to the tool.
  const words = sh(create.replace(/^npx mo_cdc/u, String.raw`printf '%s\n'`))
    .trimEnd()
    .split('\n');
  expect(words).toContain(STACK.sourceUri);
  expect(await complaintAbout({ words, whole: true })).toBeUndefined();
});
