import { expect, it } from 'vitest';
import { ConsoleWorld, withConsole } from '../../support/console/console-world.ts';
import { sampleError, sampleTable, sampleTask, sampleTasks } from '../../support/console/sample-tasks.ts';

let world: ConsoleWorld;
withConsole((started) => {
  world = started;
});

it('shows facts, error and tables of a task, and what the documents say of the error', async () => {
  world.api.add(...sampleTasks(Date.now()));
  const page = await world.open('/task/payments');
  await page.getByRole('heading', { name: 'payments', level: 1 }).waitFor();
  const text = await page.locator('main').innerText();
  expect(text).toContain("Table payments.entries: Data too long for column 'memo'");
  expect(text).toContain('The task waits until somebody acts.');
  expect(text).toContain('mysql://cdc:******@mo-source.internal:6001');
  expect(text).toMatch(/2h00m \(720 intervals\)/u);
  const [first, second] = await page.locator('tbody tr').allInnerTexts();
  expect(first).toMatch(/^payments\.refunds\s+analytics\.refunds\s+set aside/u);
  expect(second).toContain('payments.entries');
  await page.getByText('Left out (12)').click();
  await page.getByText('payments.daily: It is a view.').waitFor();
  await page.getByText('and 11 more').waitFor();
  await page.getByRole('link', { name: 'What this error means: SINK_ROW_REJECTED' }).click();
  await page.getByText('The sink refuses a value: it is too long, out of range').waitFor();
});

it('shows how far the first copy is, table by table', async () => {
  world.api.add(...sampleTasks(Date.now()));
  const page = await world.open('/task/warehouse');
  await page.getByText('1 of 3 tables, about 5m40s left').waitFor();
  const bar = page.getByRole('progressbar', { name: 'warehouse.moves: 41 % copied' });
  expect(await bar.getAttribute('value')).toBe('41');
  expect(await page.getByRole('progressbar', { name: 'First copy' }).getAttribute('value')).toBeNull();
});

it('shows the window under way', async () => {
  const now = Date.now();
  const until = { position: `${now}000000`, time: new Date(now).toISOString() };
  world.api.add(
    sampleTask('orders', now, { pendingWindow: { number: 4_712, until, comparison: null }, rowsUnderWay: 250_000 }),
  );
  const page = await world.open('/task/orders');
  await page.getByText(/Window 4,712, up to .*\. Rows so far: 250,000\./u).waitFor();
  expect(await page.getByRole('progressbar', { name: 'Window under way' }).getAttribute('value')).toBeNull();
});

it('shows how far a window has come that compares tables', async () => {
  const now = Date.now();
  const until = { position: `${now}000000`, time: new Date(now).toISOString() };
  const counted = { tables: 2, tablesDone: 1, chunks: 8, chunksDone: 2, rows: 1_000, rowsExpected: 4_000 };
  const comparison = { table: 'shop.orders', ...counted, timeLeftMs: 340_000 };
  world.api.add(sampleTask('orders', now, { pendingWindow: { number: 4_712, until, comparison } }));
  const page = await world.open('/task/orders');
  await page.getByText('1 of 2 tables, about 5m40s left').waitFor();
  expect(await page.getByRole('progressbar', { name: 'Window under way' }).getAttribute('value')).toBe('25');
});

it('plots what it has seen, and tells the changes of the state', async () => {
  world.api.add(sampleTask('orders', Date.now()));
  world.api.rates.set('orders', 500);
  const page = await world.open('/task/orders');
  await page.getByText('The plot begins when').waitFor();
  await ConsoleWorld.look(page);
  await page.locator('canvas').first().waitFor();
  world.api.change('orders', {
    state: 'retrying',
    lagMs: 90_000,
    error: sampleError('SINK_LOCKED', 'Locked.', Date.now(), 2),
  });
  await ConsoleWorld.look(page);
  await page.getByText('running → retrying').waitFor();
  await page.getByText('Lag in seconds: now 90, at most 90').waitFor();
  await page.getByText('error SINK_LOCKED for the first time').waitFor();
  expect(await page.getByText(/^Rows per second: now \d/u).innerText()).toMatch(/now (?:4[5-9]\d|5[0-4]\d),/u);
});

it('shows the keys in which a verify found differences', async () => {
  const at = new Date().toISOString();
  const table = { source: 'orders.orders', done: true, chunks: 3, chunksDone: 3, rows: 600_000, error: null };
  const examples = [
    { kind: 'missing', key: '(17)' },
    { kind: 'different', key: '(4711)' },
  ] as const;
  world.api.add(
    sampleTask('orders', Date.now(), {
      check: {
        ...{ kind: 'verify', state: 'finished', startedAt: at, finishedAt: at, tablesTotal: 2, tablesDone: 2 },
        ...{ tablesDiffering: 1, tablesFailed: 0, rows: 1_200_000, rowsPerSecond: 1, secondsLeft: null, table: null },
        tables: [{ ...table, missing: 1, extra: 0, different: 1, examples: [...examples] }],
      },
    }),
  );
  const page = await world.open('/task/orders');
  await page.getByText('Tables that differ: 1').waitFor();
  await page.getByText('missing 1, extra 0, different 1').waitFor();
  await page.getByText('(4711) (different)').waitFor();
});

it('finds a table among 1,000', async () => {
  const tables = Array.from({ length: 1_000 }, (_, at) => sampleTable(`shop.t${at}`));
  world.api.add(sampleTask('orders', Date.now(), { tables }));
  const page = await world.open('/task/orders');
  await page.getByRole('heading', { name: 'Tables (1000)' }).waitFor();
  expect(await page.locator('tbody tr').count()).toBe(100);
  await page.getByRole('searchbox', { name: 'Search tables' }).fill('t777');
  expect(await page.locator('tbody th').allInnerTexts()).toEqual(['shop.t777']);
});

it('says that a task is gone', async () => {
  const page = await world.open('/task/none');
  await page.getByText('There is no task “none”.').waitFor();
});
