import { describe, expect, it } from 'vitest';
import { TOPICS } from '../../../lib/cli/help/topics.ts';
import { ERRORS } from '../../../lib/error-codes.ts';
import { readPage } from '../../../lib/cli/help/read-page.ts';
import { MoCdc } from '../../support/mo-cdc.ts';

const help = (...words: string[]) => new MoCdc().run('help', ...words);

describe('help', () => {
  it('lists commands and topics', async () => {
    const { code, out } = await help();
    expect(code).toBe(0);
    expect(out).toContain('create and control tasks');
    for (const topic of Object.keys(TOPICS)) expect(out).toContain(`\n  ${topic} `);
  });

  it.each([[['task', 'create']], [['task']], [['leftovers']]])(
    'explains the command %j as --help does',
    async (words) => {
      expect((await help(...words)).out.trim()).toBe((await new MoCdc().run(...words, '--help')).out.trim());
    },
  );

  it.each(Object.keys(TOPICS))('prints the page of the topic %s, without links', async (topic) => {
    const { code, out } = await help(topic);
    expect(code).toBe(0);
    expect(out.length).toBeGreaterThan(500);
    expect(out).not.toMatch(/\]\(|<!--/u);
  });

  it.each(Object.keys(ERRORS))('explains the error %s', async (code) => {
    const { out } = await help(code.toLowerCase());
    const [title, , , ...rest] = out.trim().split('\n');
    expect(title).toBe(code);
    // What to do, and the section of docs/operations.md.
    expect(rest.length, out).toBeGreaterThanOrEqual(3);
  });

  it('knows nothing else', async () => {
    for (const words of [['nothing'], ['task', 'copy'], ['uris', 'more'], ['__proto__']]) {
      const { code, err } = await help(...words);
      expect([code, err]).toEqual([2, expect.stringContaining('Topics of mo_cdc help <topic>:')]);
    }
  });

  it('finds its pages from a clone of the repository', async () => {
    expect(await readPage('docs/limits.md')).toContain('# Limits');
    await expect(readPage('nothing.md')).rejects.toThrow('was not installed');
  });
});
