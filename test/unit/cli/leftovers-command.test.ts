import { beforeEach, expect, it } from 'vitest';
import type { EndLeftovers, FoundSecret, FoundTable, FoundTrace } from '../../../lib/leftovers/findings.ts';
import { tablePrefix } from '../../../lib/leftovers/judge.ts';
import { MoCdc } from '../../support/mo-cdc.ts';

const ID = '019a0000-0000-7000-8000-000000000001';
const OTHER = '019a0000-0000-7000-8000-000000000002';
const TABLE = `${tablePrefix('dev')}1`;

let tool: MoCdc;
let removed: string[];
let tables: FoundTable[];

const end = (name: 'source' | 'sink', found: readonly FoundTrace[]): EndLeftovers => ({
  find: () => Promise.resolve(found),
  remove: (id) => Promise.resolve(void removed.push(`${name} ${id}`)),
  close: () => Promise.resolve(void removed.push(`closed ${name}`)),
});

beforeEach(() => {
  tool = new MoCdc();
  tool.now = Date.UTC(2026, 10, 30);
  removed = [];
  tables = [{ name: TABLE, usedBy: undefined, tasks: [{ id: ID, heldUntil: 0, ends: ['mysql://******@10.0.0.1'] }] }];
  const secrets: FoundSecret[] = [{ name: `mo-cdc-tasks/dev/${ID}/a`, taskId: ID, createdAt: 0 }];
  tool.places = {
    account: {
      find: () => Promise.resolve({ secrets, isDeploying: false, tables }),
      removeTable: (name) => Promise.resolve(void removed.push(`table ${name}`)),
      removeSecret: (name) => Promise.resolve(void removed.push(`secret ${name}`)),
    },
    source: end('source', [
      { end: 'source', taskId: ID.replaceAll('-', ''), what: '2 snapshots', usedAt: 0 },
      { end: 'source', taskId: OTHER.replaceAll('-', ''), what: '1 snapshot', usedAt: 0 },
    ]),
    sink: end('sink', [{ end: 'sink', taskId: ID, what: '3 rows', usedAt: 0 }]),
  };
});

const closed = ['closed source', 'closed sink'];
const ALL_OF_ID = [
  ...[`source ${ID.replaceAll('-', '')}`, `sink ${ID}`],
  ...[`secret mo-cdc-tasks/dev/${ID}/a`, `table ${TABLE}`],
];

it('lists what is left, what is not, and why; and removes nothing', async () => {
  const { code, out } = await tool.run('leftovers');
  expect(code).toBe(0);
  expect(out).toContain(`  table ${TABLE}: 1 task; no stack of this region uses it\n`);
  expect(out).toContain(`source ${OTHER.replaceAll('-', '')}: 1 snapshot; no table here has its task`);
  expect(out).toContain(`--param 'tableName=${TABLE}'`);
  expect(out).toContain('mysql://******@10.0.0.1');
  expect(removed).toEqual(closed);
});

it('removes what is left after a question, the table last', async () => {
  expect(await tool.run('leftovers', '--remove')).toMatchObject({ code: 2 });
  tool.answer = '';
  expect(await tool.run('leftovers', '--remove')).toMatchObject({ code: 1, err: 'error: Nothing was done.\n' });
  expect(tool.asked.at(-1)).toContain('Remove 4 of these for good? [y/N] ');
  expect(removed).toEqual([...closed, ...closed]);
  removed = [];
  tool.answer = 'yes';
  expect(await tool.run('leftovers', '--remove')).toMatchObject({ code: 0 });
  expect(removed).toEqual([...ALL_OF_ID, ...closed]);
});

it('removes what no table knows of only if it is named', async () => {
  expect(await tool.run('leftovers', '--remove', '--yes', '--task-id', OTHER)).toMatchObject({ code: 0 });
  expect(removed).toContain(`source ${OTHER.replaceAll('-', '')}`);
});

it('removes nothing if somebody deploys while the question stands', async () => {
  tool.answer = 'y';
  const account = tool.places?.account;
  if (account === undefined) throw new Error('No account.');
  const find = (stage: string) => account.find(stage);
  let looks = 0;
  const changing = async (stage: string) => {
    looks += 1;
    if (looks > 1) tables = tables.map((table) => ({ ...table, usedBy: 'matrixone-cdc-dev' }));
    return { ...(await find(stage)), tables };
  };
  if (tool.places !== undefined) tool.places = { ...tool.places, account: { ...account, find: changing } };
  expect(await tool.run('leftovers', '--remove')).toMatchObject({
    code: 1,
    err: expect.stringContaining('Nothing was removed') as unknown,
  });
  expect(removed).toEqual(closed);
});

it('looks at the stage that is asked for', async () => {
  const { out } = await tool.run('leftovers', '--stage', 'prod');
  expect(out).toContain('of the stage prod');
  expect(out).not.toContain(`table ${TABLE}`);
  expect(await tool.run('leftovers', '--sink-uri', 'mysql://h')).toMatchObject({ code: 2 });
});

it('says what AWS refuses, and what to do', async () => {
  const denied = Object.assign(new Error('not authorized to perform: dynamodb:Scan'), {
    name: 'AccessDeniedException',
  });
  if (tool.places !== undefined) {
    tool.places = { ...tool.places, account: { ...tool.places.account, find: () => Promise.reject(denied) } };
  }
  const { code, err } = await tool.run('leftovers', '--remove', '--yes');
  expect([code, err.split('\n')]).toEqual([
    1,
    [
      'error: AWS refused, or could not be asked: AccessDeniedException: not authorized to perform: dynamodb:Scan',
      expect.stringContaining('Check --region'),
      '',
    ],
  ]);
  expect(removed).toEqual(closed);
});
