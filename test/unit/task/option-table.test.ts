import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import { fromItem, toItem } from '../../../lib/dynamodb/items/task-item.ts';
import { createTaskHandler, editTaskHandler } from '../../../lib/http/declaring-handlers.ts';
import type { Problem } from '../../../lib/http/problem.ts';
import { taskViewSchema } from '../../../lib/http/view/task-view-schema.ts';
import { DEFAULT_OPTIONS, eachOption, OPTION_NAMES, optionKind } from '../../../lib/task/options.ts';
import { type Answer, send } from '../../support/api-events.ts';
import { ApiWorld } from '../../support/api-world.ts';
import { CREATE, MoCdc, OK, ONE } from '../../support/mo-cdc.ts';
import { badValues, goodSamples } from '../../support/option-samples.ts';
import { scenarioRecord, scenarioSpec } from '../../support/scenario-task.ts';

const NAME = 'activity_sync';
const { sourceUri, sinkUri } = scenarioSpec();
const BODY = { taskName: NAME, sourceUri, sinkType: 'matrixone', sinkUri, tables: 'a.b:c.d' };

/** A world where every start of the past is held. */
function newWorld(): ApiWorld {
  const world = new ApiWorld();
  world.heldSince = (ts) => ({ name: '', ts });
  return world;
}

const create = (world: ApiWorld, options: object): Promise<Answer> =>
  send(createTaskHandler(world), { body: { ...BODY, options } });

const edit = (world: ApiWorld, options: object): Promise<Answer> =>
  send(editTaskHandler(world), { name: NAME, body: { options } });

const storedOptions = async ({ store }: ApiWorld) => (await store.get(NAME))?.spec.options;

/** What a request that is refused for the sake of one option says. */
const refusal = (name: string) => ({
  status: 422,
  body: { code: 'REQUEST_INVALID', complaints: [{ setting: `options.${name}` }] },
});

describe.each(OPTION_NAMES)('the option %s', (name) => {
  const kind = optionKind(name);

  it('is accepted at its bounds, stored, read back and shown', async () => {
    for (const { given, stored } of goodSamples(kind)) {
      const world = newWorld();
      const options = { ...DEFAULT_OPTIONS, [name]: stored };
      const { status, body } = await create(world, { [name]: given });
      expect([given, status]).toEqual([given, 201]);
      expect(taskViewSchema.parse(body).options).toEqual(options);
      expect(await storedOptions(world)).toEqual(options);
      const record = scenarioRecord({ spec: scenarioSpec({ options: { ...DEFAULT_OPTIONS, [name]: stored } }) });
      const item = unmarshall(marshall(toItem(record), { removeUndefinedValues: true }));
      expect(fromItem(item).spec.options).toEqual(options);
    }
  });

  it('is refused beyond its bounds, in a new task and in an edit', async () => {
    const world = newWorld();
    await create(world, {});
    for (const value of badValues(kind)) {
      expect([value, await create(newWorld(), { [name]: value })]).toMatchObject([value, refusal(name)]);
      expect([value, await edit(world, { [name]: value })]).toMatchObject([value, refusal(name)]);
    }
    expect(await storedOptions(world)).toEqual(DEFAULT_OPTIONS);
  });

  it('can be edited, unless it decides how the task begins', async () => {
    for (const { given, stored } of goodSamples(kind)) {
      const world = newWorld();
      await create(world, {});
      const answer = await edit(world, { [name]: given });
      const isRefused = kind.fixed === true && stored !== kind.default;
      expect(answer).toMatchObject(isRefused ? refusal(name) : { status: 202 });
      expect(await storedOptions(world)).toEqual({ ...DEFAULT_OPTIONS, [name]: isRefused ? kind.default : stored });
    }
  });

  it('has a flag that sets it', async () => {
    for (const { argument, stored } of goodSamples(kind)) {
      if (argument === null) continue;
      const flag = [kind.flag, ...(argument === undefined ? [] : [argument])];
      const tool = new MoCdc();
      tool.world.heldSince = (ts) => ({ name: '', ts });
      expect(await tool.run(...CREATE, ...flag)).toEqual(OK);
      expect(await storedOptions(tool.world)).toEqual({ ...DEFAULT_OPTIONS, [name]: stored });

      const edited = new MoCdc();
      await edited.world.store.create(scenarioRecord());
      const { code } = await edited.run('task', 'edit', ...ONE, ...flag);
      expect(code).toBe(kind.fixed === true ? 2 : 0);
      expect(await storedOptions(edited.world)).toEqual({
        ...DEFAULT_OPTIONS,
        [name]: kind.fixed === true ? kind.default : stored,
      });
    }
  });

  it('has a flag that takes it back, if it has no other way to its default', async () => {
    const [set] = goodSamples(kind).filter(({ stored }) => stored !== kind.default);
    const isOneWay = goodSamples(kind).some(({ argument, stored }) => argument === null && stored === kind.default);
    expect(kind.unset !== undefined).toBe(isOneWay && kind.fixed !== true);
    if (kind.unset === undefined) return;
    const tool = new MoCdc();
    const options = { ...DEFAULT_OPTIONS, [name]: set?.stored };
    await tool.world.store.create(scenarioRecord({ spec: scenarioSpec({ options }) }));
    expect(await tool.run('task', 'edit', ...ONE, kind.flag.replace('--', '--no-'))).toEqual(OK);
    expect(await storedOptions(tool.world)).toEqual(DEFAULT_OPTIONS);
  });

  it('is told of by help and completion', async () => {
    const help = await new MoCdc().run('task', 'create', '--help');
    expect(help.out).toMatch(new RegExp(`^ +${kind.flag}\\b`, 'mu'));
    if (kind.default !== null && kind.type !== 'switch') expect(help.out).toMatch(/\(default\s/u);
    expect((await new MoCdc().run('completion', 'bash')).out).toContain(` ${kind.flag} `);
    expect(kind.help).toMatch(/^[^A-Z\s].*[^.\s]$/u);
  });

  it('has its default in tasks stored before it was, if there are such, and else is missed', () => {
    const item = toItem(scenarioRecord());
    const others = Object.entries(DEFAULT_OPTIONS).filter(([other]) => other !== name);
    const older = { ...item, spec: { ...scenarioSpec(), options: Object.fromEntries(others) } };
    if (kind.oldTasksLackIt === true) expect(fromItem(older).spec.options).toEqual(DEFAULT_OPTIONS);
    else expect(() => fromItem(older)).toThrow(`spec.options.${name}`);
  });
});

it('no two options share a flag', () => {
  expect(new Set(Object.values(eachOption(({ flag }) => flag))).size).toBe(OPTION_NAMES.length);
});

it('each default is one that a request may give', async () => {
  expect((await create(newWorld(), DEFAULT_OPTIONS)).status).toBe(201);
});

it('an option that is not in the table is refused by its name', async () => {
  const { body } = await create(newWorld(), { speed: 9 });
  expect((body as Problem).complaints?.map(({ setting }) => setting)).toEqual(['options.speed']);
});
