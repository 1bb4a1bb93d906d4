import { expect, it } from 'vitest';
import { Cleanup } from '../../bench/cleanup.ts';

it('takes every step once, the last first, and none that was taken before', async () => {
  const taken: string[] = [];
  const cleanup = new Cleanup();
  const step = (name: string) =>
    cleanup.add(() => {
      taken.push(name);
      return Promise.resolve();
    });
  step('database');
  const early = step('task');
  step('snapshot');
  await early();
  await early();
  await cleanup.run();
  await cleanup.run();
  expect(taken).toStrictEqual(['task', 'snapshot', 'database']);
});

it('waits for a step that was taken early and is still under way', async () => {
  const cleanup = new Cleanup();
  let [done, finish] = [false, (): void => undefined];
  const early = cleanup.add(
    () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  );
  void early();
  const ended = cleanup.run().then(() => {
    done = true;
  });
  await new Promise(setImmediate);
  expect(done).toBe(false);
  finish();
  await ended;
  expect(done).toBe(true);
});

it('takes nothing new once it has begun, and is over for everybody when it is over', async () => {
  const cleanup = new Cleanup();
  let done = false;
  let finish = (): void => undefined;
  cleanup.add(
    () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  );
  const first = cleanup.run();
  const second = cleanup.run().then(() => {
    done = true;
  });
  expect(() => cleanup.add(() => Promise.resolve())).toThrow('ending');
  await Promise.resolve();
  expect(done).toBe(false);
  finish();
  await Promise.all([first, second]);
  expect(done).toBe(true);
});

it('goes on after a step that fails, and tells of it', async () => {
  const taken: string[] = [];
  const told: string[] = [];
  const cleanup = new Cleanup((text) => told.push(text));
  cleanup.add(() => {
    taken.push('database');
    return Promise.resolve();
  });
  cleanup.add(() => Promise.reject(new Error('no answer')));
  await cleanup.run();
  expect([taken, told]).toStrictEqual([['database'], ['Left behind by the benchmark: Error: no answer']]);
});
