import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { createTaskBody } from '../../../lib/http/request/request-schemas.ts';
import { createBody, type Draft, EMPTY_DRAFT } from '../../../lib/console/page/create/draft.ts';
import { createCommand, createYaml } from '../../../lib/console/page/create/equivalents.ts';
import { MoCdc } from '../../support/mo-cdc.ts';

const PASSWORDS = { MO_CDC_SOURCE_PASSWORD: 'hunter2', MO_CDC_SINK_PASSWORD: 'hunter2' };

const draft = (change: Partial<Draft>): Draft => ({
  ...EMPTY_DRAFT,
  taskName: 'a_task',
  sourceUri: 'mysql://root:hunter2@s:6001',
  sinkUri: 'mysql://root:hunter2@t:6001?tls=disabled',
  tables: 'shop.orders\nshop.items:copy.items\n',
  ...change,
});

/** The words that a shell makes of a command. */
const words = (command: string): string[] =>
  execFileSync('sh', ['-c', `set -- ${command}; printf '%s\\0' "$@"`], { env: { ...process.env, ...PASSWORDS } })
    .toString()
    .split('\0')
    .slice(1, -1);

const DRAFTS = [
  draft({}),
  draft({ level: 'account', exclude: 'shop\\.t\'mp.*\n^a b$ "x" `y`' }),
  draft({ level: 'database', databases: 'shop:copy\nother' }),
  draft({ sourceUri: 'mysql://root:{{resolve:ssm:NAME}}@s:6001' }),
  draft({ options: { mode: 'tick', pollIntervalMs: '120000', noFull: 'true', endTs: '2099-01-01 00:00:00' } }),
  draft({ options: { tableErrors: 'ignore', noFull: 'false', allowUntestedVersion: 'true', maxSqlLength: '65536' } }),
];

it.each(DRAFTS)('the command creates the same task, without a password in it: %#', async (each) => {
  const command = createCommand(each);
  expect(command).not.toContain('hunter2');
  const tool = new MoCdc();
  expect(await tool.run(...words(command))).toMatchObject({ code: 0 });
  const created = await tool.world.store.get('a_task');
  const wanted = createTaskBody.parse(createBody(each));
  expect(created?.spec).toEqual(wanted);
});

it.each(DRAFTS)('the document declares the same task, without a password in it: %#', (each) => {
  const text = createYaml(each);
  expect(text).not.toContain('hunter2');
  const filled = text.replaceAll(/(\$?)\$\{(\w*)\}?/gu, (whole, twice, name: string) =>
    twice === '$' ? whole.slice(1) : (new Map(Object.entries(PASSWORDS)).get(name) ?? whole),
  );
  expect(createTaskBody.parse(parse(filled))).toEqual(createTaskBody.parse(createBody(each)));
});

it('nothing that a user types becomes more than a word of the command, or a text of the document', () => {
  const text = fc.string({ unit: 'grapheme' }).filter((each) => !each.includes('\0'));
  fc.assert(
    fc.property(text, (taskName) => {
      expect(words(createCommand(draft({ taskName })))[3]).toBe(taskName);
      const declared = (parse(createYaml(draft({ taskName }))) as { taskName: string }).taskName;
      expect(declared.replaceAll('$${', '${')).toBe(taskName);
    }),
    { numRuns: 40 },
  );
});
