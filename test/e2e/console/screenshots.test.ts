import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { ConsoleWorld, withConsole } from '../../support/console/console-world.ts';
import { sampleTasks } from '../../support/console/sample-tasks.ts';

/** `SCREENSHOTS=1` writes the pictures of the documents anew. Chinese ones need a font, such as fonts-noto-cjk. */
const isWriting = process.env['SCREENSHOTS'] === '1';
const IMAGES = 'docs/images';
const LARGEST = 150_000;
const STEP_MS = 40_000;
const steps = isWriting ? 90 : 3;
const begun = (): number => Date.now() - (steps + 1) * STEP_MS;

let world: ConsoleWorld;
withConsole((started) => {
  world = started;
});

/** Makes the picture as a reader of the documents has it; where that is not to be changed, sees that it is there. */
async function picture(page: Page, name: string): Promise<void> {
  const file = join(IMAGES, `${name}.png`);
  const taken = await page.screenshot();
  expect(taken.length).toBeLessThan(LARGEST);
  if (isWriting) {
    await mkdir(IMAGES, { recursive: true });
    await writeFile(file, taken);
  }
  expect((await stat(file)).size).toBeLessThan(LARGEST);
}

/** Lets the page see an hour of tasks whose lag comes and goes. */
async function anHour(page: Page): Promise<void> {
  for (let at = 0; at < steps; at += 1) {
    const wave = Math.abs(Math.sin(at / 7)) + Math.abs(Math.sin(at / 3)) / 3;
    world.api.now = () => Date.now() - (steps - at) * STEP_MS;
    world.api.change('orders', {
      lagMs: Math.round(400 + 900 * wave),
      rowsApplied: Math.round(at * 30_000 + 40_000 * wave),
    });
    world.api.change('customers', { lagMs: Math.round(1_500 + 2_500 * Math.abs(Math.cos(at / 9))) });
    world.api.change('clickstream', { lagMs: 20_000 + at * 300 });
    const answered = page.waitForResponse((response) => response.url().includes('/api/tasks'));
    await ConsoleWorld.look(page);
    await (await answered).finished();
  }
  world.api.now = () => Date.now();
}

it('of all tasks', async () => {
  world.api.add(...sampleTasks(Date.now()));
  world.api.now = begun;
  world.api.rates.set('customers', 310);
  world.api.rates.set('clickstream', 8_400);
  const page = await world.open('/', { viewport: { width: 1000, height: 600 } });
  await page.getByText('8 of 8 tasks').waitFor();
  await anHour(page);
  await picture(page, 'console-tasks');
});

it('of one task, in the dark', async () => {
  world.api.add(...sampleTasks(Date.now()));
  world.api.now = begun;
  const page = await world.open('/task/orders', { viewport: { width: 1000, height: 640 }, colorScheme: 'dark' });
  await page.getByText('The plot begins').waitFor();
  await anHour(page);
  await page.locator('canvas').first().waitFor();
  await picture(page, 'console-task');
});

it('of a confirmation, in Chinese on a phone', async () => {
  world.api.add(...sampleTasks(Date.now()));
  const page = await world.open('/task/payments', { viewport: { width: 390, height: 700 }, locale: 'zh-CN' });
  await page.getByRole('button', { name: '重启 …' }).click();
  await page.getByRole('dialog').waitFor();
  await picture(page, 'console-phone-zh');
});

it('of a new task', async () => {
  const page = await world.open('/create', { viewport: { width: 1000, height: 900 } });
  await page.getByLabel('Name', { exact: true }).fill('activity_sync');
  await page.getByLabel('Source: URI').fill('mysql://root:hunter2@10.0.0.1:6001');
  await page.getByLabel('Sink: URI').fill('mysql://root:hunter2@10.0.0.2:6001');
  await page.getByLabel('Tables, one a line').fill('production_db.user_activities:analytics_db.analytics_activities');
  await page.getByRole('heading', { name: 'The same by the command line' }).scrollIntoViewIfNeeded();
  await picture(page, 'console-create');
});
