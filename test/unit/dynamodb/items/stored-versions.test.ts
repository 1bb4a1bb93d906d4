import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { broughtForward, ITEM_VERSION, refuseNewer } from '../../../../lib/dynamodb/items/item-version.ts';
import { fromBrief, fromItem, toItem } from '../../../../lib/dynamodb/items/task-item.ts';
import {
  isBriefOf,
  joinItem,
  partItems,
  partsAmong,
  partsFor,
  splitItem,
} from '../../../../lib/dynamodb/items/task-parts.ts';
import { briefOf } from '../../../../lib/record/brief/task-brief.ts';
import { newProgress } from '../../../../lib/record/progress.ts';
import { DEFAULT_OPTIONS, readTableKey } from '../../../../lib/task/task.ts';
import { midway } from '../../../contracts/store-steps.ts';
import { taskRecord } from '../../../support/task-records.ts';
import type { TaskItem } from '../../../../lib/dynamodb/items/task-key.ts';

const SAMPLES = new URL('../../../support/stored/', import.meta.url);
const samples = readdirSync(SAMPLES).filter((name) => name.startsWith('task-'));
const sample = (name: string): TaskItem => JSON.parse(readFileSync(new URL(name, SAMPLES), 'utf8')) as TaskItem;
const plain = (item: unknown): unknown => JSON.parse(JSON.stringify(item));

describe('an item as a version of the product stored it', () => {
  it('has a sample of each', () => {
    expect(samples).toEqual(['task-7c5b338.json', 'task-a151802.json', 'task-d4fbca9.json']);
  });

  it.each(samples)('is read (%s)', (name) => {
    const record = fromItem(broughtForward(sample(name)));
    expect(record).toMatchObject({ epoch: 5, generation: 2, desired: 'running', runningSince: 1_000, edits: 0 });
    const { loadPin, checkpoint, window, rowsApplied, pending } = midway;
    const { number, until, selection } = pending ?? {};
    expect(record.progress).toMatchObject({ loadPin, checkpoint, window, rowsApplied });
    expect(record.progress.pending).toEqual({ number, until, selection });
    expect(record.progress.tables[readTableKey('shop.orders')]).toMatchObject({ chunksDone: 1, chunks: 2, rows: 3 });
    expect(Object.keys(record.spec.options).sort()).toEqual(Object.keys(DEFAULT_OPTIONS).sort());
  });

  it.each(samples)('is the same when it is split and joined (%s)', (name) => {
    const whole = broughtForward(sample(name));
    const { meta, parts } = splitItem(whole, '5.split');
    expect(fromItem(joinItem(meta, parts))).toEqual(fromItem(whole));
    const brief = partItems('orders', parts).find(({ sk }) => sk === 'BRIEF') ?? expect.fail();
    expect(fromBrief(meta, brief)).toEqual(briefOf(fromItem(whole)));
  });

  it('is left alone if it is of a newer version', () => {
    const newer = { ...toItem(taskRecord('orders')), version: ITEM_VERSION + 1 };
    expect(() => {
      refuseNewer(newer);
    }).toThrow(expect.objectContaining({ code: 'STORE_NEWER', retry: false }) as Error);
    expect(() => broughtForward(newer)).toThrow('knows versions up to');
  });
});

const notes = fc.record({
  missing: fc.array(fc.string({ maxLength: 5 }).map(readTableKey), { maxLength: 3 }),
  dropped: fc.record({ count: fc.nat(9), first: fc.constant([]) }),
  tables: fc.dictionary(
    fc.string({ minLength: 1, maxLength: 8 }).filter((key) => key !== '__proto__'),
    fc.record({ chunks: fc.nat(9), chunksDone: fc.nat(9), rows: fc.nat() }),
    { maxKeys: 40 },
  ),
});

test('the items of a task, written one change after another, are the task, and BRIEF is the task in brief', () => {
  fc.assert(
    fc.property(fc.array(notes, { minLength: 1, maxLength: 6 }), (changes) => {
      const first = taskRecord('orders');
      const { meta, parts } = splitItem(toItem(first), 'new');
      const stored = new Map(partItems('orders', parts).map((item) => [String(item['sk']), item]));
      let known = parts;
      for (const [i, change] of changes.entries()) {
        const progress = { ...newProgress(0, 1_000), ...change };
        const next = partsFor(known, progress, `1.${i}`);
        if (next !== known) for (const item of partItems('orders', next, known)) stored.set(String(item['sk']), item);
        known = next;
        const head = { ...meta, details: known.of };
        const read = partsAmong(plain([...stored.values()]) as TaskItem[], head);
        const joined = fromItem(joinItem(head, read ?? expect.fail('The items do not belong together.')));
        expect(joined.progress).toEqual(progress);
        const brief = plain(stored.get('BRIEF')) as TaskItem;
        expect(isBriefOf(brief, head)).toBe(true);
        expect(fromBrief(plain(head) as TaskItem, brief)).toEqual(briefOf(joined));
        // Nothing is written for what is stored already.
        expect(partsFor(known, { ...progress }, 'other')).toBe(known);
      }
    }),
  );
});

test('items of which one was written meanwhile do not belong together', () => {
  const { meta, parts } = splitItem(toItem(taskRecord('orders', { progress: midway })), 'new');
  const items = partItems('orders', parts);
  expect(partsAmong(items, meta)).toBeDefined();
  for (const item of items.filter(({ sk }) => sk !== 'BRIEF')) {
    const other = { ...item, ...('of' in item ? { of: '2.1' } : { edits: 7 }) };
    expect(partsAmong([...items.filter((one) => one !== item), other], meta)).toBeUndefined();
    expect(partsAmong([...items.filter((one) => one !== item), { ...item, id: 'other' }], meta)).toBeUndefined();
  }
});

test('a BRIEF that is older than META, or of another task, or of another version, is not used', () => {
  const { meta, parts } = splitItem(toItem(taskRecord('orders', { progress: midway })), 'new');
  const brief = partItems('orders', parts).find(({ sk }) => sk === 'BRIEF') ?? expect.fail();
  expect(isBriefOf(brief, meta)).toBe(true);
  for (const change of [{ id: 'other' }, { edits: 7 }, { details: '2.1' }]) {
    expect(isBriefOf(brief, { ...meta, ...change })).toBe(false);
  }
  expect(isBriefOf(undefined, meta)).toBe(false);
  expect(fromBrief(meta, { ...brief, counts: {} })).toBeUndefined();
});
