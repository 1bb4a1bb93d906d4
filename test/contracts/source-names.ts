import { expect, test } from 'vitest';
import type { NamesAsked, Source } from '../../lib/replication/endpoints/source.ts';

interface Named {
  readonly db: string;
  readonly run: (...sql: string[]) => Promise<void>;
  readonly emulated: () => boolean;
  readonly source: () => Source;
}

/** Listing what there is now, for people who are about to declare a task. */
export function describeNames({ db, run, emulated, source }: Named): void {
  const asked = (more: Partial<NamesAsked> = {}) =>
    source().names({ database: undefined, containing: '', most: 10_000, ...more });
  const [one, two] = [`${db}_names1`, `${db}_Names2`];

  test('lists databases by name, without those of the server, a page at a time', async () => {
    await run(`create database ${two}`, `create database ${one}`);
    const all = await asked();
    const names = all.names.map(({ name }) => name.toLowerCase());
    expect(all.count).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining([one, two.toLowerCase()]));
    expect(names).not.toContain('information_schema');
    expect(names).not.toContain('mo_catalog');
    expect(all.names[0]).toMatchObject({ kind: 'database', hasPrimaryKey: undefined });
    const some = await asked({ containing: `${db.toUpperCase()}_NAMES` });
    expect(some.names.map(({ name }) => name.toLowerCase())).toEqual([one, two.toLowerCase()]);
    const first = await asked({ containing: `${db}_names`, most: 1 });
    expect([first.names.map(({ name }) => name), first.count]).toEqual([[one], 2]);
    expect(await asked({ containing: "no'such\\%" })).toEqual({ names: [], count: 0 });
    await run(`drop database ${one}`, `drop database ${two}`);
  });

  test('lists the tables of a database, with their kind, and whether they have a key', async () => {
    await run(
      `create database ${one}`,
      `create table ${one}.child (id int primary key, v int, unique key u (v))`,
      `create table ${one}.parts (a int, b int, primary key (b, a))`,
      `create table ${one}.loose (v int, unique key u (v))`,
      `create view ${one}.seen as select id from ${one}.child`,
      `create table ${one}.\`it's 表\` (id int primary key)`,
    );
    const found = [
      ...[['child', 'table', true] as const, ["it's 表", 'table', true] as const],
      ...[['loose', 'table', false] as const, ['parts', 'table', true] as const, ['seen', 'view', undefined] as const],
    ].map(([name, kind, hasPrimaryKey]) => ({ name, kind, hasPrimaryKey }));
    expect(await asked({ database: one.toUpperCase() })).toEqual({ names: found, count: 5 });
    expect(await asked({ database: one, most: 2 })).toEqual({ names: found.slice(0, 2), count: 5 });
    expect(await asked({ database: one, containing: "T'S" })).toEqual({ names: [found[1]], count: 1 });
    expect(await asked({ database: one, containing: '_' })).toEqual({ names: [], count: 0 });
    if (!emulated()) {
      await run(`create table ${one}.unique_only (v int not null, unique key u (v))`);
      const { names } = await asked({ database: one, containing: 'unique_only' });
      expect(names).toMatchObject([{ hasPrimaryKey: false }]);
    }
    await run(`drop database ${one}`, `create database ${one}`);
    expect(await asked({ database: one })).toEqual({ names: [], count: 0 });
    await run(`drop database ${one}`);
    await expect(asked({ database: one })).rejects.toMatchObject({ code: 'SOURCE_DATABASE_MISSING' });
  });
}
