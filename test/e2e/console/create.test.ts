import { expect, it } from 'vitest';
import { complain } from '../../../lib/task/rejection.ts';
import { type ConsoleWorld, withConsole } from '../../support/console/console-world.ts';
import { sampleTask } from '../../support/console/sample-tasks.ts';

let world: ConsoleWorld;
withConsole((started) => {
  world = started;
});

const SOURCE = 'Source: URI of a MatrixOne';
const SINK = 'Sink: URI of a database';

it('hides a password while it is typed, checks as one types, and creates the task', async () => {
  const page = await world.open('/create');
  const source = page.getByLabel(SOURCE);
  await source.pressSequentially('mysql://root:hunter2@10.0.0.1:6001');
  expect(await source.inputValue()).toBe('mysql://root:•••••••@10.0.0.1:6001');
  // An edit in the middle: the cursor stays where it is.
  await source.press('Home');
  for (let at = 0; at < 'mysql://root:hun'.length; at += 1) await source.press('ArrowRight');
  await source.pressSequentially('XY');
  await source.press('Backspace');
  expect(await source.inputValue()).toBe('mysql://root:••••••••@10.0.0.1:6001');
  await page.getByLabel('Name', { exact: true }).fill('no good name!\u0007');
  await page.getByText(/name/u).and(page.locator('.complaint p')).first().waitFor();
  await page.getByLabel('Name', { exact: true }).fill('activity_sync');
  const tables = page.getByLabel('Tables, one a line');
  await tables.fill('shop');
  await page.locator('#field-tables-complaints p').waitFor();
  expect(await tables.getAttribute('aria-invalid')).toBe('true');
  await tables.fill('shop.orders\nshop.items:copy.items');
  // What was said of the text before is not said of this one, not even until the next check.
  expect(await page.locator('#field-tables-complaints p').count()).toBe(0);
  await page.getByLabel(SINK).fill('mysql://root:hunter2@10.0.0.2:6001');
  await page.getByText('Options', { exact: true }).click();
  await page.getByLabel('mode').selectOption('tick');
  const command = page.getByRole('region', { name: 'Command' });
  expect(await command.innerText()).toContain(`--source-uri mysql://root:"$MO_CDC_SOURCE_PASSWORD"@10.0.0.1:6001 \\\n`);
  expect(await page.getByRole('region', { name: 'File for mo_cdc apply' }).innerText()).toContain('  mode: "tick"');
  await expect.poll(() => page.locator('.complaint p').count()).toBe(0);
  await page.getByRole('button', { name: 'Check both ends and create' }).click();
  await page.getByText('The task “activity_sync” was created.').waitFor();
  await page.getByRole('heading', { name: 'activity_sync', level: 1 }).waitFor();
  const body = {
    ...{ taskName: 'activity_sync', sourceUri: 'mysql://root:hunXter2@10.0.0.1:6001', sinkType: 'matrixone' },
    ...{ sinkUri: 'mysql://root:hunter2@10.0.0.2:6001', level: 'table' },
    tables: [{ source: 'shop.orders' }, { source: 'shop.items', sink: 'copy.items' }],
    options: { mode: 'tick' },
  };
  expect(world.api.sent.map((line) => [line.slice(0, 12), JSON.parse(line.slice(12)) as unknown])).toEqual([
    ['POST /tasks ', body],
  ]);
  expect(await page.content()).not.toContain('hunter2');
});

it('sends nothing that is surely wrong, and says what', async () => {
  const page = await world.open('/create');
  await page.getByRole('button', { name: 'Check both ends and create' }).click();
  await page.locator('#field-sourceUri-complaints p').waitFor();
  expect(await page.locator('[aria-invalid=true]').count()).toBe(4);
  expect(world.api.sent).toEqual([]);
});

it('shows every complaint of the check of both ends beside its field', async () => {
  world.api.complaints = [
    complain('SOURCE_UNREACHABLE', 'sourceUri', 'mysql://root:******@10.0.0.1:6001 did not answer in time.'),
    complain('TABLE_WITHOUT_KEY', 'tables', 'shop.log has no key.'),
    complain('START_NOT_COVERED', 'options.startTs', 'No history is held since then.'),
    complain('SINK_ERROR', 'elsewhere', 'Something else.'),
  ];
  const page = await world.open('/create');
  await page.getByLabel('Name', { exact: true }).fill('sync');
  await page.getByLabel(SOURCE).fill('mysql://root:hunter2@10.0.0.1:6001');
  await page.getByLabel(SINK).fill('mysql://root:hunter2@10.0.0.2:6001');
  await page.getByLabel('Tables, one a line').fill('shop.log');
  // At once: what the check before the last key said counts no longer, and is not shown.
  const { promise, resolve } = Promise.withResolvers<undefined>();
  world.api.slow = promise;
  const sent = page.waitForRequest((request) => request.url().endsWith('/api/tasks') && request.method() === 'POST');
  await page.getByRole('button', { name: 'Check both ends and create' }).click();
  await sent;
  await page.getByText('Source and sink are being checked.').waitFor();
  expect(await page.locator('.complaint p').count()).toBe(0);
  resolve(undefined);
  await page.locator('#field-sourceUri-complaints').getByText('did not answer in time').waitFor();
  await page.locator('#field-tables-complaints').getByText('shop.log has no key.').waitFor();
  await page.getByText('elsewhere: Something else.').waitFor();
  await page.getByText('Options', { exact: true }).click();
  await page.locator('[id="field-options.startTs-complaints"]').getByText('No history is held').waitFor();
  // It goes when the field is changed; the others stay.
  await page.getByLabel('Tables, one a line').fill('shop.orders');
  await page.locator('#field-tables-complaints').getByText('shop.log').waitFor({ state: 'detached' });
  expect(await page.locator('#field-sourceUri-complaints p').count()).toBe(1);
});

it('edits a task: only what was changed is sent', async () => {
  world.api.add(sampleTask('orders', Date.now()));
  const page = await world.open('/edit/orders');
  await page.getByText('Nothing was changed.').waitFor();
  await page.getByLabel('Tables to copy as well, one a line').fill('shop.new:copy.new');
  await page.getByText('Options', { exact: true }).click();
  await page.getByLabel('endTs').fill('none');
  await page.getByLabel('pollIntervalMs').fill('7');
  await page.locator('[id="field-options.pollIntervalMs-complaints"] p').waitFor();
  await page.getByLabel('pollIntervalMs').fill('1000');
  await page.locator('[id="field-options.pollIntervalMs-complaints"] p').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Check and edit' }).click();
  await page.getByText('The edit of “orders” was accepted.').waitFor();
  const body = {
    addTables: [{ source: 'shop.new', sink: 'copy.new' }],
    options: { pollIntervalMs: 1_000, endTs: null },
  };
  expect(world.api.sent).toHaveLength(1);
  expect(JSON.parse(world.api.sent[0]?.replace('PATCH /tasks/orders ', '') ?? '')).toEqual(body);
});
