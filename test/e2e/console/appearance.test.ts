import type { Page } from 'playwright-core';
import { beforeEach, expect, it } from 'vitest';
import type { TaskView } from '../../../lib/http/view/task-view-schema.ts';
import { violations } from '../../support/console/axe.ts';
import { type ConsoleWorld, withConsole } from '../../support/console/console-world.ts';
import { sampleTasks } from '../../support/console/sample-tasks.ts';

let world: ConsoleWorld;
withConsole((started) => {
  world = started;
});
beforeEach(() => {
  world.api.add(...sampleTasks(Date.now()));
});

const PLACES = ['/', '/task/payments', '/task/warehouse', '/create', '/edit/orders', '/help/SINK_ROW_REJECTED'];

/** Shows each place of the page in turn. */
async function each(places: readonly string[], page: Page, look: (place: string) => Promise<void>): Promise<void> {
  for (const place of places) {
    await page.evaluate(`location.hash = ${JSON.stringify(`#${place}`)}`);
    await page.locator('h1').waitFor();
    for (const summary of await page.locator('summary').all()) await summary.click();
    await look(place);
  }
}

it.each([
  ['light', PLACES, []],
  // Only colours differ, and these pages have all of them.
  ['dark', ['/', '/task/payments', '/create'], ['color-contrast']],
] as const)('axe finds nothing against the pages in %s', async (colorScheme, places, rules) => {
  const page = await world.open('/', { colorScheme });
  const found: Record<string, string[]> = {};
  await each(places, page, async (place) => {
    found[place] = await violations(page, ...rules);
  });
  expect(found).toEqual(Object.fromEntries(places.map((place) => [place, []])));
});

it('axe finds nothing against a confirmation, a form with complaints, and a page that is out of date', async () => {
  const page = await world.open('/task/orders');
  await page.getByRole('button', { name: 'Drop …' }).click();
  await page.getByRole('dialog').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'New task' }).click();
  await page.getByRole('button', { name: 'Check both ends and create' }).click();
  await page.locator('.complaint p').first().waitFor();
  expect(await violations(page)).toEqual([]);
  world.api.failure = () => Promise.reject(new Error('away'));
  await page.getByRole('link', { name: 'Tasks' }).click();
  await page.getByText('Out of date').waitFor();
  expect(await violations(page)).toEqual([]);
});

it('fits a phone, without scrolling sideways', async () => {
  const page = await world.open('/', { viewport: { width: 360, height: 740 }, locale: 'zh-CN' });
  await each(PLACES, page, async (place) => {
    expect([place, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([place, 360]);
  });
});

it('speaks the language of the browser, or the one that the user chooses', async () => {
  const page = await world.open('/task/payments', { locale: 'zh-CN' });
  await page.locator('.title').getByText('失败').waitFor();
  expect(await page.evaluate('document.documentElement.lang')).toBe('zh');
  await page.getByText('错误: SINK_ROW_REJECTED（目标端拒绝了一行）').waitFor();
  // The details stay as the API has said them.
  await page.getByText("Data too long for column 'memo' of payments.entries, key (4711).").waitFor();
  await page.getByText('请更正目标表，或更正源端的这一行。').waitFor();
  await page.getByLabel('语言').selectOption('en');
  await page.locator('.title').getByText('failed').waitFor();
  await page.getByText('Correct the sink table, or the row at the source.').waitFor();
  expect(await page.getByText('目标端拒绝了一行').count()).toBe(0);
  await page.reload();
  await page.locator('.title').getByText('failed').waitFor();
});

it('takes the colours that the user chooses', async () => {
  const page = await world.open('/', { colorScheme: 'light' });
  const paper = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor');
  expect(await paper()).toBe('rgb(255, 255, 255)');
  await page.getByLabel('Colours').selectOption('dark');
  expect(await paper()).toBe('rgb(20, 23, 28)');
  await page.reload();
  await page.locator('h1').waitFor();
  expect(await paper()).toBe('rgb(20, 23, 28)');
});

function error(): NonNullable<TaskView['error']> {
  const found = world.api.tasks.get('payments')?.error;
  if (found === null || found === undefined) throw new Error('There is no error.');
  return found;
}

it('shows texts of servers as texts, whatever they are', async () => {
  const hostile = '<img src=x onerror=alert(1)>`code`<script>alert(1)</script>{name}';
  world.api.change('payments', {
    error: { ...error(), message: hostile, action: hostile, table: hostile },
    leftOut: { count: 1, first: [{ table: hostile, reason: hostile }] },
  });
  const page = await world.open('/task/payments');
  await page.getByText(hostile).first().waitFor();
  expect(await page.locator('main img, main script').count()).toBe(0);
});
