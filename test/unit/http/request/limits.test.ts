import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { decodedByHttpApi } from '../../../../localstack/declared-routes.ts';
import { createTaskHandler, editTaskHandler } from '../../../../lib/http/declaring-handlers.ts';
import { editTaskBody } from '../../../../lib/http/request/edit-schema.ts';
import { createTaskBody } from '../../../../lib/http/request/request-schemas.ts';
import { checkTaskHandler, listTasksHandler, showTaskHandler } from '../../../../lib/http/task-handlers.ts';
import { taskNameParameter } from '../../../../lib/http/request/task-name-parameter.ts';
import { nameHint } from '../../../../lib/task/name-text.ts';
import { newTaskNameProblem, taskNameProblem } from '../../../../lib/task/task-name.ts';
import { type Answer, send } from '../../../support/api-events.ts';
import { ApiWorld } from '../../../support/api-world.ts';
import { scenarioRecord } from '../../../support/scenario-task.ts';

/** Nearly as large as a body may be. */
const SIZE = 120_000;
const BODY = {
  taskName: 'a',
  sourceUri: 'mysql://root:secret@source.example:6001',
  sinkType: 'matrixone',
  sinkUri: 'mysql://root:secret@sink.example:6001',
  tables: 'a.b',
};

/** Texts that take long where each piece is compared with each other, or where an expression tries each place. */
const FILLS = [
  'a',
  'a,',
  'a.b,',
  'a.b:c.d,',
  ':',
  '.',
  '@',
  '@s?',
  '/',
  '%',
  '%2',
  ' ',
  '(',
  '(a|',
  'a*',
  '{{',
  '?a=&',
  '密',
  '\u0301',
];
const fill = (piece: string): string => piece.repeat(Math.floor(SIZE / Buffer.byteLength(piece)));

const TEXTS = ['taskName', 'sourceUri', 'sinkUri', 'sinkType', 'level', 'tables', 'databases', 'exclude'];
const EDITS = [
  'sourceUri',
  'sinkUri',
  'tables',
  'addTables',
  'removeTables',
  'databases',
  'addDatabases',
  'removeDatabases',
  'exclude',
];
const OPTIONS = ['startTs', 'endTs', 'mode', 'history'];

let world: ApiWorld;

beforeEach(() => {
  world = new ApiWorld();
});

async function cpuMillis(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

async function quickly(work: () => Promise<Answer>): Promise<void> {
  let answer: Answer | undefined;
  const millis = await cpuMillis(async () => {
    answer = await work();
  });
  expect(answer?.status).toBe(422);
  // Nor is all of it said again.
  expect(answer?.text.length).toBeLessThan(400_000);
  expect(millis).toBeLessThan(1_000);
}

describe('a text as long as a body', () => {
  it.each(TEXTS)('is refused at once: %s', async (field) => {
    for (const piece of FILLS)
      await quickly(() => send(createTaskHandler(world), { body: { ...BODY, [field]: fill(piece) } }));
    const list = Array.from({ length: SIZE / 8 }, () => 'a.b');
    await quickly(() => send(createTaskHandler(world), { body: { ...BODY, [field]: list } }));
    const pairs = Array.from({ length: SIZE / 20 }, () => ({ source: 'a.b' }));
    await quickly(() => send(createTaskHandler(world), { body: { ...BODY, [field]: pairs } }));
  });

  it.each(EDITS)('is refused at once in an edit: %s', async (field) => {
    await send(createTaskHandler(world), { body: BODY });
    for (const piece of FILLS) {
      await quickly(() => send(editTaskHandler(world), { name: 'a', body: { [field]: fill(piece) } }));
    }
    await quickly(() =>
      send(editTaskHandler(world), { name: 'a', body: { [field]: Array.from({ length: 15_000 }, () => 'a.b') } }),
    );
  });

  it.each(OPTIONS)('is refused at once as an option: %s', async (option) => {
    for (const piece of FILLS) {
      await quickly(() => send(createTaskHandler(world), { body: { ...BODY, options: { [option]: fill(piece) } } }));
    }
  });

  it('is refused at once as the name of a field, of many fields, and in a query', async () => {
    await quickly(() => send(createTaskHandler(world), { body: { ...BODY, [fill('a')]: 1 } }));
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`f${at}`, 1]));
    await quickly(() => send(createTaskHandler(world), { body: { ...BODY, ...many } }));
    await quickly(() => send(createTaskHandler(world), { body: { ...BODY, options: many } }));
    for (const field of ['state', 'next', 'limit', fill('b')]) {
      await quickly(() => send(listTasksHandler(world), { query: { [field]: fill('a,') }, headers: {} }));
    }
    await quickly(() =>
      send(checkTaskHandler(world, 'verify'), { name: 'a', query: { tables: fill('a,') }, headers: {} }),
    );
  });

  it('is the name of no task', () => {
    for (const piece of FILLS) expect(taskNameProblem(fill(piece))).toBeDefined();
  });
});

it('every text and list of a request has its limit', () => {
  const long = 'x'.repeat(200_000);
  const lists = [long, [long], Array.from({ length: 20_000 }, () => ({ source: 'a.b' }))];
  for (const [schema, fields] of [
    [createTaskBody, TEXTS],
    [editTaskBody, EDITS],
  ] as const) {
    for (const field of fields) {
      for (const value of lists)
        expect(schema.safeParse({ ...(schema === createTaskBody ? BODY : {}), [field]: value }).success).toBe(false);
    }
  }
});

describe('the name of a task', () => {
  it('is decoded exactly once on its way through an HTTP API', () => {
    const escape = fc.constantFrom('%25', '%41', '%2541', '%252541', '%20', '%C3%A9', 'a', 'é', '%E5%AF%86', '-');
    fc.assert(
      fc.property(fc.array(escape, { minLength: 1, maxLength: 8 }), (parts) => {
        const path = parts.join('');
        const once = decodeURIComponent(path);
        const event = { pathParameters: { name: decodedByHttpApi(path) } } as unknown as Parameters<
          typeof taskNameParameter
        >[0];
        const read = (): string => taskNameParameter(event);
        if (taskNameProblem(once) === undefined) expect(read()).toBe(once);
        else expect(read).toThrow(expect.objectContaining({ code: 'TASK_NOT_FOUND' }));
      }),
    );
  });

  it.each([
    ['e\u0301', '(NFC)'],
    ['a\u202eb', 'U+202E'],
    ['a\u200bb', 'U+200B'],
    ['a\u00adb', 'U+00AD'],
    ['a\ufeffb', 'U+FEFF'],
    ['\u{e0041}', 'U+E0041'],
    ['a\u001bb', 'control'],
    ['a\u0085b', 'control'],
    ['a\u2028b', 'control'],
  ])('has no other that looks the same: %j', (name, reason) => {
    expect(newTaskNameProblem(name)).toContain(reason);
    expect(createTaskBody.safeParse({ ...BODY, taskName: name }).success).toBe(false);
  });

  it('is found and edited as it was given once, whatever is asked of new ones', async () => {
    const name = 'e\u0301\u200b';
    const record = scenarioRecord();
    await world.store.create({ ...record, spec: { ...record.spec, name } });
    expect(await send(showTaskHandler(world), { name: encodeURIComponent(name), headers: {} })).toMatchObject({
      status: 200,
      body: { name },
    });
    const edited = await send(editTaskHandler(world), { name, body: { options: { pollIntervalMs: 500 } } });
    expect(edited).toMatchObject({ status: 202, body: { name, options: { pollIntervalMs: 500 } } });
  });

  it('may be of any script', () => {
    for (const name of ['é', '密', 'می\u200cخواهم', '👨\u200d👩\u200d👧', 'हिन्दी'])
      expect(newTaskNameProblem(name.normalize('NFC'))).toBeUndefined();
  });
});

it('names of tables are taken as they are typed, and what does not show is told where nothing has the name', () => {
  for (const name of ['d.e\u0301', 'd.é', 'd.a\u200bb']) {
    expect(createTaskBody.parse({ ...BODY, tables: name }).tables[0]?.source.table).toBe(name.slice(2));
  }
  expect(nameHint('d.é')).toBe('');
  expect(nameHint('d.e\u0301')).toContain('NFD');
  expect(nameHint('d.a\u200bb')).toContain('U+200B');
  expect(createTaskBody.safeParse({ ...BODY, tables: 'd.a\ud800' }).success).toBe(false);
});
