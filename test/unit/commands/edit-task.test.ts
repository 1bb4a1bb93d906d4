import { beforeEach, describe, expect, it } from 'vitest';
import { CdcError } from '../../../lib/errors.ts';
import { editTaskHandler } from '../../../lib/http/declaring-handlers.ts';
import { editTask } from '../../../lib/commands/edit-task.ts';
import { complain } from '../../../lib/task/rejection.ts';
import type { TaskRecord } from '../../../lib/record/task-record.ts';
import type { TaskSpec } from '../../../lib/task/task.ts';
import { send } from '../../support/api-events.ts';
import { ApiWorld } from '../../support/api-world.ts';
import { PASSWORD, scenarioRecord } from '../../support/scenario-task.ts';

const NAME = 'activity_sync';
const { signal } = new AbortController();
const MORE = { source: 'a.b', sink: 'c.d' };

let world: ApiWorld;
/** The declarations that both ends were looked at with. */
let looked: TaskSpec[];

beforeEach(async () => {
  world = new ApiWorld();
  looked = [];
  const { connectors } = world;
  world = Object.assign(new ApiWorld(), {
    connectors: {
      ...connectors,
      source: (...args: Parameters<typeof connectors.source>) => {
        looked.push(args[0]);
        return { ...connectors.source(...args), check: () => Promise.resolve(world.complaints) };
      },
    },
  });
  await world.store.create(scenarioRecord());
});

const edited = async (): Promise<TaskRecord | undefined> => await world.store.get(NAME);

describe('editTask', () => {
  it('looks at what is new, changes the task, and starts a worker', async () => {
    await editTask(world, NAME, { addTables: [MORE] }, signal);
    expect(looked.map(({ tables }) => tables.map(({ source }) => source.table))).toEqual([['b']]);
    expect((await edited())?.spec.tables).toHaveLength(2);
    expect(world.started).toEqual([NAME]);
  });

  it('asks nobody when only options change, and changes nothing when nothing does', async () => {
    await editTask(world, NAME, { options: { pollIntervalMs: 5_000 } }, signal);
    await editTask(world, NAME, { options: { pollIntervalMs: 5_000 } }, signal);
    expect(looked).toEqual([]);
    expect(await edited()).toMatchObject({ edits: 1, selection: 0, spec: { options: { pollIntervalMs: 5_000 } } });
  });

  it('looks at everything again when an end goes by another address, whose rows may be the task’s own', async () => {
    await editTask(world, NAME, { sinkUri: 'mysql://root:new@10.0.0.8:6001' }, signal);
    expect(looked).toMatchObject([{ tables: [{}], options: { existingRows: 'replace' } }]);
    expect((await edited())?.spec.options.existingRows).toBe('refuse');
  });

  it('says everything that stands in the way, and leaves the task as it is', async () => {
    world.complaints = [complain('TABLE_WITHOUT_KEY', 'tables', 'a.b has no primary key.')];
    await expect(editTask(world, NAME, { addTables: [MORE] }, signal)).rejects.toMatchObject({
      code: 'TASK_REJECTED',
      complaints: [{ code: 'TABLE_WITHOUT_KEY' }],
    });
    const past = { options: { endTs: '2020-01-01T00:00:00.000Z' } };
    await expect(editTask(world, NAME, past, signal)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect(await edited()).toEqual(scenarioRecord());
    expect(world.started).toEqual([]);
  });

  it('does not copy a table onto itself', async () => {
    const uri = `mysql://root:${PASSWORD}@127.0.0.1:6001`;
    await expect(editTask(world, NAME, { sinkUri: uri, addTables: [{ source: 'a.b' }] }, signal)).rejects.toMatchObject(
      {
        code: 'REQUEST_INVALID',
        complaints: [{ code: 'MAPPING_INVALID' }],
      },
    );
  });

  it('looks anew when somebody else was faster, so that neither edit is lost', async () => {
    const edit = world.store.edit.bind(world.store);
    let faster = true;
    world.store.edit = async (seen, spec) => {
      if (faster) {
        faster = false;
        await edit(seen, { ...seen.spec, options: { ...seen.spec.options, pollIntervalMs: 777 } });
      }
      return await edit(seen, spec);
    };
    await editTask(world, NAME, { addTables: [MORE] }, signal);
    expect(await edited()).toMatchObject({ edits: 2, spec: { tables: [{}, {}], options: { pollIntervalMs: 777 } } });
  });

  it('takes a table for taken out that somebody else was faster to take out, or its own first try', async () => {
    await editTask(world, NAME, { addTables: [MORE] }, signal);
    const edit = world.store.edit.bind(world.store);
    let faster = true;
    world.store.edit = async (seen, spec) => {
      if (faster) {
        faster = false;
        await edit(seen, spec);
      }
      return await edit(seen, spec);
    };
    await editTask(world, NAME, { removeTables: [MORE.source] }, signal);
    expect(await edited()).toMatchObject({ edits: 2, spec: { tables: [{}] } });
    await expect(editTask(world, NAME, { removeTables: [MORE.source] }, signal)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });

  it('gives up when the task does not hold still', async () => {
    world.store.edit = () => Promise.reject(new CdcError('TASK_EDIT_CONFLICT', 'Changed.'));
    await expect(editTask(world, NAME, { addTables: [MORE] }, signal)).rejects.toMatchObject({
      code: 'TASK_EDIT_CONFLICT',
    });
    expect(looked).toHaveLength(3);
  });
});

describe('PATCH /tasks/{name}', () => {
  const patch = async (body: object, name = NAME) => await send(editTaskHandler(world), { name, body });

  it('takes names as text or as lists', async () => {
    expect(await patch({ addTables: 'a.b:c.d,x.y', removeTables: 'production_db.user_activities' })).toMatchObject({
      status: 202,
      body: { tables: [{ source: 'a.b', sink: 'c.d' }, { source: 'x.y' }] },
    });
    const answer = await patch({ tables: [MORE], options: { mode: 'tick' } });
    expect(answer).toMatchObject({ status: 202, body: { tables: [{ source: 'a.b' }], options: { mode: 'tick' } } });
    expect(answer.text).not.toContain(PASSWORD);
  });

  it.each([
    [{ taskName: 'other' }, 'taskName'],
    [{ level: 'account' }, 'level'],
    [{ options: { speed: 9 } }, 'options.speed'],
    [{ options: { pollIntervalMs: 1 } }, 'options.pollIntervalMs'],
    [{ removeTables: ['no.such'] }, 'removeTables'],
    [{ addDatabases: 'x' }, 'addDatabases'],
    [{ sourceUri: 'http://x' }, 'sourceUri'],
  ])('refuses %j by the name of the field', async (body, setting) => {
    expect(await patch(body)).toMatchObject({ status: 422, body: { complaints: [{ setting }] } });
  });

  it('does not know other tasks', async () => {
    expect(await patch({}, 'nobody')).toMatchObject({ status: 404, body: { code: 'TASK_NOT_FOUND' } });
  });
});
