import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { CdcError } from '../../../lib/errors.ts';
import { violations } from '../../support/console/axe.ts';
import { type ConsoleWorld, withConsole } from '../../support/console/console-world.ts';
import { declaredAs, memorySchema } from '../../support/memory-source.ts';

let world: ConsoleWorld;
withConsole((started) => {
  world = started;
});

const SOURCE = 'Source: URI of a MatrixOne';
const OPEN = 'Choose from what the source has';
const TABLES = 'Tables, one a line';

function add(database: string, ...tables: readonly string[]): void {
  for (const table of tables) world.api.source.create(memorySchema({ database, table }));
}

async function opened(): Promise<Page> {
  const page = await world.open('/create');
  await page.getByText('Type the URI of the source first.').waitFor();
  await page.getByLabel(SOURCE).fill('mysql://root:hunter2@10.0.0.1:6001');
  return page;
}

/** Presses Tab until something with this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let tries = 0; tries < 40; tries += 1) {
    const text = `(document.activeElement?.labels?.[0] ?? document.activeElement)?.textContent.trim()`;
    if ((await page.evaluate(text)) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Nothing named ${name} gets the focus.`);
}

it('chooses tables of the source by the keyboard alone, beside what was typed', async () => {
  add('shop', 'items', 'orders', 'x:y');
  add('a.b', 't');
  add('crm', 'people');
  world.api.source.create(memorySchema({ database: 'shop', table: 'log' }, { hasPrimaryKey: false }));
  world.api.source.create(memorySchema({ database: 'shop', table: 'seen' }, declaredAs('create view')));
  const page = await opened();
  await page.getByLabel(TABLES).fill('crm.people:copy.people\nSHOP.Orders:copy.orders');
  await tabTo(page, OPEN);
  await page.keyboard.press('Enter');
  await page.getByRole('group', { name: 'Databases of the source' }).waitFor();
  expect(await page.getByRole('button', { name: 'a.b →' }).isDisabled()).toBe(true);
  // The focus is in the box that narrows the list down.
  await page.keyboard.type('sho');
  await page.getByText('1 of 3 in the list.').waitFor();
  await tabTo(page, 'shop →');
  await page.keyboard.press('Enter');
  await page.getByRole('group', { name: 'Tables of shop' }).waitFor();
  expect(await violations(page)).toEqual([]);
  // What was typed counts as chosen, whatever the case of its letters.
  expect(await page.getByRole('checkbox', { name: 'orders' }).isChecked()).toBe(true);
  expect(await page.getByRole('checkbox', { name: 'seen' }).isDisabled()).toBe(true);
  await page.getByText('it is a view').waitFor();
  await page.getByText('has ":", which a name cannot have here').waitFor();
  await page.getByText('no primary key', { exact: true }).waitFor();
  await tabTo(page, 'items');
  await page.keyboard.press('Space');
  const field = page.getByLabel(TABLES);
  expect(await field.inputValue()).toBe('crm.people:copy.people\nSHOP.Orders:copy.orders\nshop.items');
  await page.getByRole('checkbox', { name: 'orders' }).uncheck();
  expect(await field.inputValue()).toBe('crm.people:copy.people\nshop.items');
  await page.getByRole('button', { name: 'Choose all 2' }).click();
  expect(await field.inputValue()).toBe('crm.people:copy.people\nshop.items\nshop.log\nshop.orders');
  await page.getByRole('button', { name: '← Databases' }).click();
  await page.getByRole('group', { name: 'Databases of the source' }).waitFor();
  const asked = world.api.sent.map((line) => JSON.parse(line.replace('POST /sources/names ', '')) as unknown);
  const sourceUri = 'mysql://root:hunter2@10.0.0.1:6001';
  expect(asked).toEqual([
    { sourceUri, containing: '' },
    { sourceUri, database: 'shop', containing: '' },
    { sourceUri, containing: '' },
  ]);
  // Another source: what is listed is not of it.
  await page.getByLabel(SOURCE).fill('mysql://root:hunter2@10.0.0.3:6001');
  await page.getByRole('group', { name: 'Databases of the source' }).waitFor({ state: 'detached' });
  expect(await page.content()).not.toContain('hunter2');
});

it('chooses databases among more than an answer has, in Chinese', async () => {
  world.api.sourceMembers = {
    names: ({ containing, most }) => {
      const all = Array.from({ length: 12_000 }, (_, at) => `db${String(at).padStart(5, '0')}`);
      const found = all.filter((name) => name.includes(containing));
      const names = found.slice(0, most).map((name) => ({ name, kind: 'database', hasPrimaryKey: undefined }));
      return Promise.resolve({ names, count: found.length });
    },
  };
  const page = await world.open('/create', { locale: 'zh-CN', viewport: { width: 360, height: 740 } });
  await page.getByLabel('源端：MatrixOne 的 URI').fill('mysql://root:hunter2@10.0.0.1:6001');
  await page.getByLabel('复制什么').selectOption('database');
  await page.getByRole('button', { name: '从源端已有的内容中选择' }).click();
  await page.getByText('源端还有 2,000 个不在列表中。').waitFor();
  expect(await page.locator('.picker li').count()).toBe(100);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  const box = page.getByRole('searchbox', { name: '缩小列表范围' });
  await box.fill('db09999');
  await page.getByText('列表共 10,000 个，显示其中 1 个。').waitFor();
  await box.fill('db1199');
  await page.getByRole('button', { name: '在源端查找“db1199”' }).click();
  await page.getByRole('checkbox', { name: 'db11999' }).check();
  expect(await page.getByLabel('数据库，每行一个').inputValue()).toBe('db11999');
  expect(await violations(page)).toEqual([]);
  await box.fill('');
  await page.getByRole('button', { name: '不按搜索列出' }).click();
  await page.getByText('源端还有 2,000 个不在列表中。').waitFor();
});

it('says why a source cannot be listed, and takes names by hand all the same', async () => {
  const why = 'mysql://root:******@10.0.0.1:6001 did not answer in time.';
  world.api.sourceMembers = { names: () => Promise.reject(new CdcError('SOURCE_UNREACHABLE', why)) };
  const page = await opened();
  await page.getByRole('button', { name: OPEN }).click();
  await page.getByRole('alert').getByText(`The source cannot be listed; type the names instead. ${why}`).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByLabel('Name', { exact: true }).fill('sync');
  await page.getByLabel(TABLES).fill('shop.orders');
  await page.getByLabel('Sink: URI of a database').fill('mysql://root:hunter2@10.0.0.2:6001');
  await page.getByRole('button', { name: 'Check both ends and create' }).click();
  await page.getByText('The task “sync” was created.').waitFor();
});

it('shows nothing of an answer that comes after the source was changed', async () => {
  add('shop', 'orders');
  const page = await opened();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  world.api.slow = promise;
  await page.getByRole('button', { name: OPEN }).click();
  await page.getByText('The source is asked.').waitFor();
  const answered = page.waitForResponse((response) => response.url().endsWith('/api/sources/names'));
  await page.getByLabel(SOURCE).fill('mysql://root:hunter2@10.0.0.3:6001');
  resolve(undefined);
  await answered;
  await page.getByRole('button', { name: OPEN }).waitFor();
  expect(await page.getByRole('group', { name: 'Databases of the source' }).count()).toBe(0);
});
