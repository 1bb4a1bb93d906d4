import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { ConsoleWorld, withConsole } from '../../support/console/console-world.ts';
import { FakeApi } from '../../support/console/fake-api.ts';
import { sampleTask } from '../../support/console/sample-tasks.ts';

let world: ConsoleWorld;
let page: Page;
withConsole((started) => {
  world = started;
});
beforeEach(async () => {
  world.api.add(sampleTask('orders', Date.now()));
  page = await world.open('/task/orders');
});

const want = (act: string) =>
  page
    .getByRole('group', { name: 'Actions' })
    .getByRole('button', { name: `${act} …` })
    .click();
const confirm = (act: string) => page.getByRole('dialog').getByRole('button', { name: act, exact: true }).click();

describe('each action says what it will do, is sent once confirmed, and its progress is shown', () => {
  it('pause', async () => {
    await want('Pause');
    await page.getByText('the source keeps the history that the task needs').waitFor();
    expect(world.api.sent).toEqual([]);
    await confirm('Pause');
    await page.getByText('Pause was accepted for “orders”.').waitFor();
    await page.locator('.title').getByText('paused').waitFor();
    await page.getByText('pausing → paused').waitFor();
    expect(world.api.sent).toEqual(['POST /tasks/orders/pause']);
  });

  it('resume', async () => {
    world.api.change('orders', { state: 'paused' });
    await ConsoleWorld.look(page);
    await want('Resume');
    await confirm('Resume');
    await page.locator('.title').getByText('running').waitFor();
    expect(world.api.sent).toEqual(['POST /tasks/orders/resume']);
  });

  it('verify, of all tables', async () => {
    await want('Verify');
    await page.getByText('Nothing is changed.').waitFor();
    await confirm('Verify');
    await page.getByText('Waiting for the worker.').waitFor();
    expect(world.api.sent).toEqual(['POST /tasks/orders/verify']);
  });

  it('resync, of one table', async () => {
    await page.getByRole('button', { name: 'Resync only orders.customers' }).click();
    await page.getByText('Only these tables: orders.customers').waitFor();
    await confirm('Resync');
    await page.getByText('Waiting for the worker.').waitFor();
    expect(world.api.sent).toEqual(['POST /tasks/orders/resync?tables=orders.customers']);
  });

  it.each(['Restart', 'Drop'])('%s, once the name is typed', async (act) => {
    await want(act);
    const button = page.getByRole('dialog').getByRole('button', { name: act, exact: true });
    expect(await button.isDisabled()).toBe(true);
    await page.getByLabel('Type the name of the task to go on: orders').fill('orders');
    await button.click();
    await page.getByText(`${act} was accepted for “orders”.`).waitFor();
    expect(world.api.sent).toEqual([act === 'Drop' ? 'DELETE /tasks/orders' : 'POST /tasks/orders/restart']);
  });

  it('drop until the task is gone, and by force what may stay', async () => {
    world.api.change('orders', { state: 'dropping' });
    await ConsoleWorld.look(page);
    await want('Drop by force');
    await page.getByLabel('Type the name').fill('orders');
    await confirm('Drop by force');
    await page.getByText('The API adds: Snapshots may stay.').waitFor();
    expect(world.api.sent).toEqual(['DELETE /tasks/orders?force=true']);
    world.api.tasks.delete('orders');
    await page.getByText('There is no task “orders”.').waitFor();
  });
});

it('does nothing when cancelled, and gives the focus back', async () => {
  const dialog = page.getByRole('dialog');
  const focused = () => page.evaluate('document.activeElement.textContent');
  await want('Pause');
  await dialog.waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await focused()).toBe('Pause …');
  await want('Drop');
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await focused()).toBe('Drop …');
  expect(world.api.sent).toEqual([]);
});

it('shows why the API refuses, and stays open', async () => {
  await want('Verify');
  world.api.failure = () => FakeApi.refusal('TASK_NOT_RUNNING', 'The task "orders" is failed.');
  await confirm('Verify');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('The task "orders" is failed.').waitFor();
  await dialog.getByText('Only a running task compares source and sink.').waitFor();
  world.api.failure = undefined;
  await confirm('Verify');
  await dialog.waitFor({ state: 'detached' });
});

it('sends an action once, however often the button is pressed while the API is slow', async () => {
  await want('Pause');
  const { promise, resolve } = Promise.withResolvers<undefined>();
  world.api.slow = promise;
  const button = page.getByRole('dialog').getByRole('button', { name: 'Pause', exact: true });
  await button.dblclick();
  await expect.poll(() => button.isDisabled()).toBe(true);
  resolve(undefined);
  await page.getByText('Pause was accepted').waitFor();
  expect(world.api.sent).toEqual(['POST /tasks/orders/pause']);
});

it('is done by the keyboard alone', async () => {
  const button = page.getByRole('group', { name: 'Actions' }).getByRole('button', { name: 'Pause …' });
  await button.waitFor();
  for (let at = 0; at < 12; at += 1) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate('document.activeElement.textContent')) === 'Pause …') break;
  }
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  // The browser puts the focus on the first button of the dialog.
  await page.keyboard.press('Enter');
  await page.getByText('Pause was accepted').waitFor();
  expect(world.api.sent).toEqual(['POST /tasks/orders/pause']);
});
