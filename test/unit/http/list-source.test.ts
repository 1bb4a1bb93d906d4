import { beforeEach, describe, expect, it } from 'vitest';
import { listSource, MOST_LISTED, type OpenSource } from '../../../lib/commands/list-source.ts';
import { CdcError } from '../../../lib/errors.ts';
import type { Problem } from '../../../lib/http/problem.ts';
import { listSourceHandler } from '../../../lib/http/source-handler.ts';
import { sourceNamesSchema } from '../../../lib/http/view/source-names.ts';
import { createLog } from '../../../lib/logger.ts';
import type { ListedNames } from '../../../lib/replication/endpoints/source.ts';
import { DEFAULT_OPTIONS } from '../../../lib/task/task.ts';
import { type Answer, send } from '../../support/api-events.ts';
import { declaredAs, memorySchema, MemoryServer, memorySource } from '../../support/memory-source.ts';
import { PASSWORD } from '../../support/scenario-task.ts';

const sourceUri = `mysql://root:${PASSWORD}@127.0.0.1:6001`;

let server: MemoryServer;
let logged: string[];
let closed: number;
let opened: string[];
/** Instead of what the server has. */
let answer: (() => Promise<ListedNames>) | undefined;

const open: OpenSource = (asked) => {
  opened.push(asked.sourceUri);
  const source = memorySource(server);
  return {
    names: (wanted) => answer?.() ?? source.names(wanted),
    close: () => Promise.resolve(void (closed += 1)),
  };
};

const ask = (body: unknown): Promise<Answer> =>
  send(listSourceHandler({ open, log: createLog({}, (line) => void logged.push(line)) }), { body });

const complaintsOf = ({ body }: Answer): string[] =>
  ((body as Problem).complaints ?? []).map(({ code, setting, found }) => `${code} ${setting}: ${found}`);

beforeEach(() => {
  server = new MemoryServer();
  [logged, closed, opened, answer] = [[], 0, [], undefined];
  for (const [database, table] of [
    ...[['shop', 'orders'] as const, ['shop', 'Items'] as const, ['a.b', 't'] as const, ['mo_cdc', 'fence'] as const],
  ]) {
    server.create(memorySchema({ database, table }));
  }
});

describe('the names of a source', () => {
  it('are its databases, without the server’s own', async () => {
    const found = await ask({ sourceUri });
    expect(found).toMatchObject({ status: 200, type: 'application/json' });
    expect(sourceNamesSchema.parse(found.body)).toEqual({
      database: null,
      names: [
        {
          ...{ name: 'a.b', kind: 'database', hasPrimaryKey: null },
          refusal: '"a.b" has a ".", which names of databases cannot have here.',
        },
        { name: 'shop', kind: 'database', hasPrimaryKey: null, refusal: null },
      ],
      leftOut: 0,
    });
    expect(closed).toBe(1);
  });

  it('are the tables of one of them, with what is known of them', async () => {
    server.create(memorySchema({ database: 'shop', table: 'log' }, { hasPrimaryKey: false }));
    server.create(memorySchema({ database: 'shop', table: 'seen' }, declaredAs('create view')));
    server.create(memorySchema({ database: 'shop', table: 'x:y' }));
    server.create(memorySchema({ database: 'shop', table: ' z' }));
    const { body } = await ask({ sourceUri, database: 'SHOP' });
    expect(body).toEqual({
      database: 'SHOP',
      names: [
        { name: ' z', kind: 'table', hasPrimaryKey: true, refusal: 'its name begins or ends with a space' },
        { name: 'Items', kind: 'table', hasPrimaryKey: true, refusal: null },
        { name: 'log', kind: 'table', hasPrimaryKey: false, refusal: null },
        { name: 'orders', kind: 'table', hasPrimaryKey: true, refusal: null },
        { name: 'seen', kind: 'view', hasPrimaryKey: null, refusal: 'it is a view' },
        {
          ...{ name: 'x:y', kind: 'table', hasPrimaryKey: true },
          refusal: '"SHOP.x:y" has ":", which a name cannot have here.',
        },
      ],
      leftOut: 0,
    });
    expect((await ask({ sourceUri, database: 'shop', containing: 'ITEM' })).body).toMatchObject({
      names: [{ name: 'Items' }],
    });
  });

  it('are at most 10,000 and some megabytes', async () => {
    const names = (length: number, each: string) =>
      Array.from({ length }, (_, at) => ({ name: `${at}${each}`, kind: 'database', hasPrimaryKey: undefined }));
    let most = 0;
    const asked = { sourceUri, options: DEFAULT_OPTIONS, database: undefined, containing: '' };
    const none = new AbortController().signal;
    await listSource(
      () => ({
        names: (wanted) => {
          ({ most } = wanted);
          return Promise.resolve({ names: [], count: 0 });
        },
        close: () => Promise.resolve(),
      }),
      asked,
      none,
    );
    expect(most).toBe(MOST_LISTED);
    answer = () => Promise.resolve({ names: names(10_000, 'database'), count: 2_000_000 });
    expect(await listSource(open, asked, none)).toMatchObject({ leftOut: 1_990_000 });
    answer = () => Promise.resolve({ names: names(2_000, 'ü'.repeat(2_500)), count: 2_000 });
    const large = await ask({ sourceUri });
    const { names: shown, leftOut } = sourceNamesSchema.parse(large.body);
    expect(shown.length + leftOut).toBe(2_000);
    expect(Buffer.byteLength(large.text)).toBeLessThan(5_000_000);
    expect(shown.length).toBeGreaterThan(500);
  });
});

describe('a listing is refused', () => {
  it.each([
    [{}, 'REQUEST_INVALID sourceUri: The field is missing.'],
    [{ sourceUri: 'http://x' }, 'URI_INVALID sourceUri: '],
    [{ sourceUri, tables: 'a.b' }, 'REQUEST_INVALID tables: There is no such field.'],
    [{ sourceUri, database: '' }, 'REQUEST_INVALID database: '],
    [{ sourceUri, options: { mode: 'never' } }, 'REQUEST_INVALID options.mode: '],
    [{ sourceUri, database: 'Mysql' }, 'MAPPING_INVALID database: '],
  ])('if the request is %j', async (body, complaint) => {
    const found = await ask(body);
    expect(found).toMatchObject({ status: 422, type: 'application/problem+json', body: { code: 'REQUEST_INVALID' } });
    expect(complaintsOf(found)[0]).toMatch(new RegExp(`^${complaint.replaceAll('.', '\\.')}`, 'u'));
    expect(opened).toEqual([]);
  });

  it('with what is wrong with the source, beside its field', async () => {
    answer = () => Promise.reject(new CdcError('SOURCE_ACCESS_DENIED', 'The source refuses root.'));
    const found = await ask({ sourceUri });
    expect(found).toMatchObject({ status: 422, body: { code: 'TASK_REJECTED' } });
    expect(complaintsOf(found)).toEqual(['SOURCE_ACCESS_DENIED sourceUri: The source refuses root.']);
    expect(closed).toBe(1);
    answer = undefined;
    expect(complaintsOf(await ask({ sourceUri, database: 'none' }))[0]).toMatch(/^SOURCE_DATABASE_MISSING database: /u);
  });

  it('if the source does not answer in time', async () => {
    const slow: OpenSource = (_, signal) => ({
      names: () =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new CdcError('SOURCE_UNREACHABLE', 'aborted'));
          });
        }),
      close: () => Promise.reject(new Error('gone')),
    });
    const asked = { sourceUri, options: DEFAULT_OPTIONS, database: undefined, containing: '' };
    const listing = listSource(slow, asked, new AbortController().signal, { deadlineMs: 20, most: 1 });
    await expect(listing).rejects.toMatchObject({
      code: 'TASK_REJECTED',
      complaints: [{ code: 'SOURCE_UNREACHABLE', found: 'mysql://root:******@127.0.0.1:6001 did not answer in time.' }],
    });
  });

  it('without its reason if something inside fails', async () => {
    answer = () => Promise.reject(new Error(`oops ${PASSWORD}`));
    const found = await ask({ sourceUri });
    expect(found).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
    expect(found.text).not.toContain(PASSWORD);
  });
});

it('is audited, without what the request has said', async () => {
  await ask({ sourceUri, database: 'shop' });
  answer = () => Promise.reject(new CdcError('SOURCE_UNREACHABLE', 'Nobody is there.'));
  await ask({ sourceUri });
  const lines = logged.map((line) => JSON.parse(line) as Record<string, unknown>);
  const audit = lines.filter(({ message, event }) => [message, event].includes('audit'));
  expect(audit).toMatchObject([
    { command: 'list-source', principal: 'anonymous', outcome: 'accepted', status: 200 },
    { command: 'list-source', outcome: 'refused', status: 422, code: 'TASK_REJECTED' },
  ]);
  expect(logged.join('\n')).not.toContain(PASSWORD);
  expect(logged.join('\n')).not.toContain('127.0.0.1:6001');
});
