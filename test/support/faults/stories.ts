import { A, B } from '../load-world.ts';
import { memorySchema } from '../memory-source.ts';
import {
  C,
  copiedBefore,
  created,
  DATABASE,
  dropped,
  droppedInWindow,
  droppedMeanwhile,
  edit,
  ended,
  filled,
  fromThePast,
  IDS,
  keyless,
  large,
  lockedAtFirst,
  MANY,
  many,
  mended,
  otherOrder,
  putAll,
  rebuilt,
  refusing,
  reshaped,
  restart,
  resynced,
  shared,
  small,
  stopped,
  threeTables,
  twoPasses,
  verified,
  withoutChecksums,
  withPitr,
} from './steps.ts';
import type { Story } from './story.ts';

const COMPUTED = { name: 'g', type: 'int', nullable: true, generated: true };
const BOTH = [A, B];

/** The stories cover everything that a task does. */
export const STORIES: readonly Story[] = [
  { name: 'load and windows', world: () => filled(), tables: BOTH, steps: [created, large, small] },
  {
    name: 'continuous',
    runs: 400,
    world: () => filled({ mode: 'continuous' }),
    tables: BOTH,
    steps: [created, large, small],
  },
  {
    name: 'adaptive',
    runs: 400,
    world: () => filled({ mode: 'adaptive', idleAfterMs: 50 }),
    tables: BOTH,
    steps: [created, large, small],
  },
  {
    name: 'an error that passes',
    // How long a worker waits before it tries again is drawn by chance.
    isUnordered: true,
    world: lockedAtFirst,
    tables: BOTH,
    steps: [created, small],
  },
  { name: 'two passes', world: twoPasses, tables: BOTH, steps: [created, large] },
  {
    name: 'a window that is too large',
    // The source does not say its changes in time.
    runs: 600_000,
    takes: { 'source.readChanges': 200_000, 'sink.batch.commit': 9_000 },
    world: twoPasses,
    tables: BOTH,
    steps: [created, large],
  },
  { name: 'schema changes', world: () => filled(), tables: BOTH, steps: [created, reshaped, small] },
  {
    name: 'tables come and go',
    world: () => filled({ droppedTables: 'drop' }, DATABASE),
    tables: [A, B, C],
    steps: [
      created,
      {
        change: (world) => {
          world.source.create(memorySchema(C, { id: '7', columns: [...memorySchema(C).columns, COMPUTED] }));
          for (const id of IDS) world.source.put(C, id, 'new');
          world.source.drop(B);
          putAll(world, ['1', '6'], 'second');
        },
        meanwhile: ({ source }) => {
          source.delete(C, '2');
          source.delete(A, '6');
        },
      },
      {
        change: ({ source }) => {
          source.create(memorySchema(B, { id: '8' }));
          source.put(B, '2', 'back');
        },
      },
    ],
  },
  { name: 'many tables', world: many, tables: [A, B, ...MANY], steps: [created, small] },
  { name: 'resync and verify', world: () => filled(), tables: BOTH, steps: [created, resynced, verified] },
  { name: 'resync by rows', world: withoutChecksums, tables: BOTH, steps: [created, resynced] },
  { name: 'resync of keys in another order', world: otherOrder, tables: BOTH, steps: [created, resynced, verified] },
  { name: 'history lost and rebuilt', world: () => filled(), tables: BOTH, steps: [created, rebuilt, small] },
  { name: 'compared instead of copied', world: copiedBefore, tables: BOTH, steps: [created, small] },
  {
    name: 'set aside and back',
    world: () => refusing(filled({ tableErrors: 'ignore' })),
    tables: BOTH,
    steps: [
      created,
      {
        change: (world) => {
          world.source.put(B, '4', 'bad');
          putAll(world, ['1', '6'], 'good');
        },
        aside: ['shop.b'],
      },
      mended,
    ],
  },
  {
    name: 'without a key',
    world: keyless,
    tables: BOTH,
    steps: [
      { change: (world) => world.createTask() },
      {
        change: ({ source }) => {
          source.putInto(A, '4', 'same', 'new');
          source.put(B, '2', 'second');
        },
        meanwhile: ({ source }) => {
          source.delete(A, '1');
        },
      },
      {
        change: ({ source }) => {
          source.replace(A, { key: [] });
          source.putInto(A, '1', 'same', 'new');
        },
      },
      { change: (world) => world.store.check('t', 'verify', undefined).then(() => undefined) },
    ],
  },
  { name: 'history by PITR', world: withPitr, tables: BOTH, steps: [created, large, small] },
  {
    name: 'load by several',
    isUnordered: true,
    runs: 600_000,
    takes: { 'sink.loadChunk': 15_000 },
    world: shared(false),
    tables: BOTH,
    steps: [{ change: (world) => world.createTask() }],
  },
  {
    name: 'load by several, one table refused',
    isUnordered: true,
    runs: 600_000,
    world: shared(true),
    tables: BOTH,
    steps: [{ change: (world) => world.createTask(), aside: ['shop.b'] }, mended],
  },
  {
    name: 'edit',
    world: threeTables,
    tables: BOTH,
    steps: [
      created,
      {
        change: async (world) => {
          await edit(world, { addTables: [{ source: 'shop.c', sink: 'copy.c' }] });
          putAll(world, ['1', '6'], 'beside');
        },
        meanwhile: ({ source }) => {
          source.delete(C, '2');
        },
        tables: [A, B, C],
      },
      { change: (world) => edit(world, { removeTables: ['shop.b'] }), tables: [A, C] },
    ],
  },
  {
    name: 'restart',
    world: () => filled({ existingRows: 'replace' }),
    tables: BOTH,
    steps: [created, restart],
  },
  { name: 'from a start to an end', world: fromThePast, tables: BOTH, foreign: ['nightly'], steps: [created, ended] },
  {
    name: 'stopped by a schema change',
    world: () => filled({ schemaChange: 'stop' }),
    tables: BOTH,
    steps: [created, stopped],
  },
  { name: 'drop', world: () => filled(), tables: [], steps: [created, dropped] },
  { name: 'drop in a window', world: () => filled(), tables: [], steps: [created, droppedInWindow] },
  {
    name: 'drop of a task whose worker is away',
    world: () => filled(),
    tables: [],
    steps: [created, droppedMeanwhile],
  },
];
