import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { put, step, type SinkWorld } from './sink-world.ts';

const SAMPLES = new URL('../support/stored/', import.meta.url);
const samples = readdirSync(SAMPLES).filter((name) => name.startsWith('bookkeeping-'));

/** What a version of the product kept at the sink, and what becomes of it. */
export function describeVersions(world: SinkWorld): void {
  const made: string[] = [];
  afterEach(async () => {
    for (const database of made.splice(0)) await world.fixture.client.run(`drop database if exists ${database}`);
  });

  /** A bookkeeping database as that version made it, with one task. */
  async function older(name: string): Promise<{ readonly books: string; readonly task: string }> {
    const [books, task] = [`mo_cdc_old_${randomBytes(4).toString('hex')}`, `task-${randomBytes(4).toString('hex')}`];
    made.push(books);
    const statements = readFileSync(new URL(name, SAMPLES), 'utf8').replaceAll('TASK', task).split(';');
    const there = statements.map((sql) => sql.replace(/(create table|insert into) (\w+)/u, `$1 ${books}.$2`));
    await world.fixture.client.run(`create database ${books}`, ...there);
    return { books, task };
  }
  const versions = (books: string): Promise<string[]> =>
    world.fixture.client.sorted(`select version, readable_by from ${books}.version`);

  describe('the bookkeeping of an earlier version', () => {
    it('has a sample of each', () => {
      expect(samples).toEqual(['bookkeeping-7c5b338.sql', 'bookkeeping-a151802.sql', 'bookkeeping-d4fbca9.sql']);
    });

    it.each(samples)('is gone on with (%s)', async (name) => {
      const { books, task } = await older(name);
      const sink = world.adopt(world.fixture.open(task, books));
      await expect(sink.takeOver(3)).rejects.toMatchObject({ code: 'FENCED' });
      expect(await sink.takeOver(5)).toEqual({ window: 7, batch: 0, point: undefined });
      expect(await versions(books)).toEqual(['2|1']);
      const table = await world.created(sink);
      const next = step(8, 0, '1795472299911542799', 3);
      await world.apply(sink, table, next, put(1, 'a', 1));
      const successor = world.adopt(world.fixture.open(task, books));
      expect(await successor.takeOver(6)).toEqual(next);
      // A worker of the older version may come once more: it writes a position, which is no point.
      await world.fixture.client.run(`update ${books}.fence set checkpoint = '1795472299911542801', \`window\` = 9`);
      expect(await successor.takeOver(7)).toEqual({ window: 9, batch: 0, point: undefined });
      await successor.forget(7);
    });
  });

  it('bookkeeping that only a newer version can read is left alone', async () => {
    const { books, task } = await older(samples[0] ?? '');
    await world.adopt(world.fixture.open(task, books)).takeOver(5);
    await world.fixture.client.run(`insert into ${books}.version values (99, 1)`);
    await world.adopt(world.fixture.open(task, books)).takeOver(6);
    await world.fixture.client.run(`insert into ${books}.version values (100, 98)`);
    const refused = world.adopt(world.fixture.open(task, books)).takeOver(7);
    await expect(refused).rejects.toMatchObject({ code: 'SINK_NEWER', retry: false });
    expect(await world.fixture.client.sorted(`select epoch from ${books}.fence`)).toEqual(['6']);
  });
}
