import { expect, it } from 'vitest';
import { DynamoDbTaskStore } from '../../../lib/dynamodb/dynamodb-task-store.ts';
import { toItem } from '../../../lib/dynamodb/items/task-item.ts';
import { partItems, splitItem } from '../../../lib/dynamodb/items/task-parts.ts';
import type { TaskItem } from '../../../lib/dynamodb/items/task-key.ts';
import { listedTable } from '../../support/listed-table.ts';
import { taskRecord } from '../../support/task-records.ts';
import { listed } from '../../support/listed.ts';

/** A table of `count` tasks. `without`: leaves BRIEF out, as an older version did. */
function tableOf(count: number, behaviour: Parameters<typeof listedTable>[2] = {}, without = false) {
  const names = Array.from({ length: count }, (_, number) => `t${1000 + number}`);
  const items = new Map<string, readonly TaskItem[]>(
    names.map((name) => {
      const { meta, parts } = splitItem(toItem(taskRecord(name)), 'new');
      return [name, [meta, ...partItems(name, parts).filter(({ sk }) => !without || sk !== 'BRIEF')]] as const;
    }),
  );
  const at = (index: number): string => names[index] ?? '';
  const { table, ...seen } = listedTable({ length: count, at }, (name) => items.get(name) ?? [], behaviour);
  return { store: new DynamoDbTaskStore(table), names, items, ...seen };
}

const namesIn = async (store: DynamoDbTaskStore, after?: string): Promise<string[]> =>
  (await listed(store.list(after))).map(({ spec }) => spec.name);

it('reads every page of the index, and two small items of each task', async () => {
  const { store, names, whole, units } = tableOf(130);
  expect(await namesIn(store)).toStrictEqual(names);
  expect(whole).toEqual([]);
  expect(units()).toBe(2 * names.length);
});

it('reads all items of a task whose BRIEF is missing, a few tasks at once', async () => {
  const { store, names, whole, atOnce } = tableOf(130, {}, true);
  expect(await namesIn(store)).toStrictEqual(names);
  expect(whole).toHaveLength(130);
  expect(atOnce()).toBeLessThanOrEqual(8);
});

it('begins after a name', async () => {
  const { store, names } = tableOf(60);
  expect(await namesIn(store, names[40])).toStrictEqual(names.slice(41));
});

it('leaves out a task that is gone when its items are read', async () => {
  const { store, names, items } = tableOf(60);
  items.delete('t1007');
  expect(await namesIn(store)).toStrictEqual(names.filter((name) => name !== 't1007'));
});

it('asks again for what an answer leaves out, and gives up if nothing more comes', async () => {
  const { store, names } = tableOf(60, { answers: (asked) => Math.ceil(asked / 3) });
  expect(await namesIn(store)).toStrictEqual(names);
  const silent = tableOf(60, { answers: () => 0 });
  await expect(listed(silent.store.list())).rejects.toMatchObject({ code: 'STORE_THROTTLED', retry: true });
}, 30_000);

it.each([false, true])(
  'gives up with an error rather than with a part of the tasks (without BRIEF: %s)',
  async (without) => {
    const { store } = tableOf(60, { refuses: (pk) => pk.endsWith('t1050') }, without);
    await expect(listed(store.list())).rejects.toMatchObject({ code: 'STORE_THROTTLED' });
  },
);
