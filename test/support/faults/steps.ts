import { tableKey, type TaskOptions, type TaskSpec } from '../../../lib/task/task.ts';
import { CdcError } from '../../../lib/errors.ts';
import { editedSpec, type TaskEdit } from '../../../lib/task/edit-spec.ts';
import { askResync } from '../ask-resync.ts';
import type { Gate } from '../gate.ts';
import { LEASE_RUNS_OUT } from '../killer.ts';
import { A, B, LoadWorld } from '../load-world.ts';
import { declaredAs, memorySchema } from '../memory-source.ts';
import type { Step } from './story.ts';

export const C = { database: 'shop', table: 'c' };
const START = '2023-11-14T22:13:20.500Z';
export const DATABASE: Partial<TaskSpec> = {
  level: 'database',
  tables: [],
  databases: [{ source: 'shop', sink: 'copy' }],
};
export const IDS = ['1', '2', '3', '4', '5'];

/** Enough tables that the worker asks the source which of them are plain. */
export const MANY = Array.from({ length: 7 }, (_, i) => ({ database: 'shop', table: `m${i}` }));

export function many(): LoadWorld {
  const world = filled({}, DATABASE);
  for (const [i, table] of MANY.entries()) {
    world.source.create(memorySchema(table, { id: `${20 + i}` }));
    world.source.put(table, '1', 'new');
  }
  return world;
}

/** A world whose tables have some rows. The first step creates the task. */
export function filled(options: Partial<TaskOptions> = {}, spec: Partial<TaskSpec> = {}): LoadWorld {
  const world = new LoadWorld({ chunkRows: 2, transactionRows: 3, loadWorkers: 1, ...options }, spec);
  for (const id of IDS) world.source.put(A, id, 'new');
  for (const id of ['1', '2']) world.source.put(B, id, 'new');
  return world;
}

export const created: Step = {
  change: (world) => world.createTask(),
  meanwhile: ({ source }) => {
    source.put(A, '9', 'meanwhile');
    source.delete(A, '2');
  },
};

export const putAll = (world: LoadWorld, ids: readonly string[], value: string): void => {
  for (const id of ids) world.source.put(A, id, value);
};

export const small: Step = {
  change: ({ source }) => {
    source.put(B, '2', 'third');
    source.delete(A, '3');
  },
  meanwhile: ({ source }) => {
    source.put(B, '2', 'fourth');
    source.put(A, '3', 'back');
  },
};

export const large: Step = {
  change: (world) => {
    putAll(world, ['2', '6', '7', '8'], 'second');
    world.source.put(B, '4', null);
    world.source.delete(A, '1');
  },
  meanwhile: ({ source }) => {
    for (const id of ['6', '8']) source.delete(A, id);
    source.put(A, '1', 'back');
    source.delete(B, '4');
  },
};

export const reshaped: Step = {
  change: ({ source }) => {
    source.replace(B, declaredAs('create table b (again)'));
    for (const id of ['2', '7', '8']) source.put(B, id, 'anew');
    source.alter(A, 'create table a (with an index)');
    source.put(A, '4', 'beside');
  },
  meanwhile: ({ source }) => {
    source.replace(B, {});
    source.put(B, '2', 'again');
  },
};

export const edit = async (world: LoadWorld, change: TaskEdit): Promise<void> => {
  const seen = await world.task();
  await world.store.edit(seen, editedSpec(seen.spec, change));
};

export const refusing = (world: LoadWorld): LoadWorld => {
  world.sink.refuses = (_table, row) =>
    row[1]?.toString() === 'bad' ? new CdcError('SINK_ROW_REJECTED', 'The sink does not take it.') : undefined;
  return world;
};

export const tamper = ({ sink }: LoadWorld): void => {
  const rows = sink.tables.get('copy.a');
  rows?.delete('2');
  rows?.set('99', [Buffer.from('99'), Buffer.from('stray')]);
  rows?.set('3', [Buffer.from('3'), Buffer.from('bent')]);
};

export const resynced: Step = {
  change: async (world) => {
    tamper(world);
    await askResync(world);
  },
  meanwhile: ({ source }) => {
    source.put(A, '2', 'meanwhile');
    source.delete(A, '4');
  },
};

export const verified: Step = {
  change: async (world) => {
    await world.store.check('t', 'verify', undefined);
    world.source.put(A, '1', 'beside');
  },
};

/** Somebody has dropped the task's snapshots, so the resync has no checkpoint to start from. */
export const rebuilt: Step = {
  change: async (world) => {
    world.source.snapshots.clear();
    world.source.put(A, '2', 'lost');
    await world.run(undefined, 50_000);
    await askResync(world);
  },
};

export const withoutChecksums = (): LoadWorld => {
  const world = filled();
  world.sink.hasChecksums = false;
  return world;
};

/** The sink orders keys in reverse. So the rows of one range at the source are in other ranges at the sink. */
export const otherOrder = (): LoadWorld => {
  const world = withoutChecksums();
  world.sink.order = (key) => String(999 - Number(key));
  return world;
};

/** Another tool has copied the tables, and went wrong. */
export const copiedBefore = (): LoadWorld => {
  const world = filled({ existingRows: 'compare' });
  for (const table of [A, B]) {
    const copy = { database: 'copy', table: table.table };
    world.sink.tables.set(tableKey(copy), new Map(world.source.tables.get(tableKey(table))));
    world.sink.schemas.set(tableKey(copy), memorySchema(table));
  }
  world.sink.tables.get('copy.a')?.delete('4');
  putAll(world, ['1', '6'], 'second');
  return world;
};

export const keyless = (): LoadWorld => {
  const world = filled({ withoutKey: 'replace' });
  world.source.replace(A, { key: [] });
  for (const place of ['1', '2', '3']) world.source.putInto(A, place, 'same', 'new');
  return world;
};

export const withPitr = (): LoadWorld => {
  const world = filled({ history: 'pitr' });
  world.source.makePitr();
  return world;
};

/** Somebody made a snapshot before the task began, and the sink has the rows of that snapshot. */
export const fromThePast = (): LoadWorld => {
  const world = filled({ startTs: START });
  const held = world.source.snapshot('nightly');
  world.source.heldSince = () => held;
  for (const { table } of [A, B]) {
    world.sink.tables.set(`copy.${table}`, new Map(world.source.tables.get(`shop.${table}`)));
    world.sink.schemas.set(`copy.${table}`, memorySchema({ database: 'shop', table }));
  }
  putAll(world, ['1', '8', '9'], 'since');
  return world;
};

/** The sink refuses the first rows because of a lock, then accepts them. */
export const lockedAtFirst = (): LoadWorld => {
  const world = filled();
  let left = 3;
  world.sink.refuses = () => ((left -= 1) >= 0 ? new CdcError('SINK_LOCKED', 'Somebody has it locked.') : undefined);
  return world;
};

/** A load that is large enough for loaders. With `refused`, the sink refuses rows of one table, which is set aside. */
export const shared = (refused: boolean) => (): LoadWorld => {
  const world = refusing(new LoadWorld({ loadWorkers: 2, chunkRows: 1, tableErrors: 'ignore' }));
  world.source.page = 3;
  world.fill(refused ? 8 : 16, refused ? 12 : 2);
  for (const id of refused ? ['00003', '00007', '00011'] : []) world.source.put(B, id, 'bad');
  return world;
};

export const mended: Step = {
  change: async (world) => {
    for (const id of ['4', '00003', '00007', '00011']) world.source.put(B, id, 'mended');
    await askResync(world, ['shop.b']);
  },
  meanwhile: ({ source }) => {
    source.put(B, '5', 'meanwhile');
  },
};

/** The chunks are planned two at a time. */
export const twoPasses = (): LoadWorld => {
  const world = filled();
  world.source.page = 2;
  world.source.replace(B, { hasUniqueKeys: true });
  return world;
};

export const threeTables = (): LoadWorld => {
  const world = filled();
  world.source.create(memorySchema(C));
  for (const id of IDS) world.source.put(C, id, 'new');
  return world;
};

export const restart: Step = {
  ...large,
  change: async (world) => {
    await large.change(world);
    await world.store.restart('t');
  },
};

/** An edit gives the task an end in the past. */
export const ended: Step = {
  change: (world) => edit(world, { options: { endTs: START } }),
};

/** The user makes the sink table follow the change, and resumes the task. */
export const stopped: Step = {
  change: async (world) => {
    const definition = 'create table a (altered)';
    world.source.replace(A, declaredAs(definition));
    world.source.put(B, '2', 'beside');
    await world.run(undefined, 50_000);
    world.sink.schemas.set('copy.a', memorySchema(A, declaredAs(definition)));
    world.sink.tables.get('copy.a')?.clear();
    await world.store.setDesired('t', 'running');
  },
};

export const dropped: Step = {
  change: async (world) => {
    await world.store.drop('t');
  },
  gone: true,
};

/** The task is dropped while a window is half applied, and the worker of that window is dead. */
export const droppedInWindow: Step = {
  change: async (world) => {
    await large.change(world);
    let dead = false;
    const dying: Gate = async (call, when) => {
      await Promise.resolve();
      dead ||= call === 'sink.batch.commit' && when === 'after';
      if (dead) throw new Error('The process is dead.');
    };
    await world.run(dying, 50_000).catch(() => undefined);
    world.clock.jump(LEASE_RUNS_OUT);
    await world.store.drop('t');
  },
  gone: true,
};

/** The task is dropped while its worker hangs. When the worker looks at the task again, the task is gone. */
export const droppedMeanwhile: Step = {
  change: (world) => {
    const { store } = world;
    const watch = store.watch.bind(store);
    let isFirst = true;
    store.watch = async (key) => {
      if (isFirst) {
        isFirst = false;
        world.clock.jump(LEASE_RUNS_OUT);
        await store.drop('t');
        await world.run(() => Promise.resolve(), 50_000);
      }
      return await watch(key);
    };
  },
  gone: true,
};
