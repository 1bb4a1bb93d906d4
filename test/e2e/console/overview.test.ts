import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { ConsoleWorld, withConsole } from '../../support/console/console-world.ts';
import { FakeApi } from '../../support/console/fake-api.ts';
import { sampleTask, sampleTasks } from '../../support/console/sample-tasks.ts';

let world: ConsoleWorld;
withConsole((started) => {
  world = started;
});

const names = (page: Page): Promise<string[]> => page.locator('tbody th').allInnerTexts();

it('shows all tasks, the worst first, each with its state in words', async () => {
  world.api.add(...sampleTasks(Date.now()));
  const page = await world.open();
  await page.getByText('8 of 8 tasks').waitFor();
  expect(await names(page)).toEqual([
    ...['inventory', 'payments', 'clickstream', 'customers', 'orders', 'warehouse', 'archive', 'migration-2025'],
  ]);
  const payments = page.getByRole('row', { name: 'payments' });
  expect(await payments.innerText()).toMatch(/failed\s+SINK_ROW_REJECTED\s+2h00m\s+–\s+2 of 2\s+as long as needed/u);
  expect(await page.getByRole('row', { name: 'inventory' }).innerText()).toContain('stalled');
});

it('filters, sorts and searches', async () => {
  world.api.add(...sampleTasks(Date.now()));
  const page = await world.open();
  await page.getByText('In trouble (3)').waitFor();
  await page.getByText('At rest (2)').click();
  expect(await names(page)).toEqual(['archive', 'migration-2025']);
  await page.getByText('All (8)').click();
  await page.getByRole('button', { name: 'Lag' }).click();
  await page.getByRole('button', { name: 'Lag' }).click();
  expect((await names(page)).slice(0, 3)).toEqual(['archive', 'payments', 'inventory']);
  expect(await page.getByRole('columnheader', { name: 'Lag' }).getAttribute('aria-sort')).toBe('descending');
  await page.getByRole('searchbox').fill('locked');
  expect(await names(page)).toEqual(['clickstream']);
  await page.getByRole('searchbox').fill('no such task');
  await page.getByText('No task fits.').waitFor();
});

it('follows the tasks, and plots what it has seen of them', async () => {
  world.api.add(sampleTask('orders', Date.now()));
  world.api.rates.set('orders', 1_000);
  const page = await world.open();
  const row = page.getByRole('row', { name: 'orders' });
  await row.waitFor();
  world.api.change('orders', { state: 'paused', lagMs: 61_000 });
  await ConsoleWorld.look(page);
  await row.getByText('paused').waitFor();
  await row.getByText('1m01s').waitFor();
  expect(await row.locator('.sparkline').count()).toBe(1);
  await expect.poll(() => row.locator('td').nth(2).innerText()).toMatch(/^(?:9\d\d|1,0\d\d)$/u);
});

it('stays small with 1,000 tasks', async () => {
  const now = Date.now();
  for (let at = 0; at < 1_000; at += 1) world.api.add(sampleTask(`task-${String(at).padStart(4, '0')}`, now));
  world.api.change('task-0998', { state: 'failed' });
  const page = await world.open();
  await page.getByText('1,000 of 1,000 tasks').waitFor();
  expect((await names(page)).slice(0, 2)).toEqual(['task-0998', 'task-0000']);
  expect(await page.locator('tbody tr').count()).toBe(100);
  await page.getByRole('button', { name: 'Show 100 more' }).click();
  expect(await page.locator('tbody tr').count()).toBe(200);
  await page.getByRole('searchbox').fill('task-0777');
  expect(await names(page)).toEqual(['task-0777']);
});

it('says that there are no tasks yet', async () => {
  const page = await world.open();
  await page.getByText('There are no tasks yet.').waitFor();
});

it('says when what it shows is out of date and why, and goes on by itself', async () => {
  world.api.add(sampleTask('orders', Date.now()));
  const page = await world.open();
  await page.getByRole('row', { name: 'orders' }).waitFor();
  world.api.failure = () => Promise.reject(new Error('the network is down'));
  await ConsoleWorld.look(page);
  await page.getByText('Out of date: the last answer is from').waitFor();
  await page.getByText('the network is down').waitFor();
  expect(await names(page)).toEqual(['orders']);
  world.api.failure = () => FakeApi.refusal('STORE_THROTTLED', 'hidden');
  await page.getByRole('button', { name: 'Try now' }).click();
  await page.getByText('STORE_THROTTLED').waitFor();
  world.api.failure = undefined;
  await page.getByRole('button', { name: 'Try now' }).click();
  await page.getByText('Up to date as of').waitFor();
});

it('says that the API is slow', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  world.api.slow = promise;
  const page = await world.open();
  await page.getByText('Waiting for an answer for').waitFor();
  resolve(undefined);
  await page.getByText('There are no tasks yet.').waitFor();
});

it('says that the console has ended', async () => {
  const page = await world.open();
  await page.getByText('There are no tasks yet.').waitFor();
  await world.closeServers();
  await ConsoleWorld.look(page);
  await page.getByText('The console has ended.').waitFor();
});
