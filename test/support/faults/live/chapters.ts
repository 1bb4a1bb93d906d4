import type { LiveTask } from './live-task.ts';

/** Something that happens to a task in step. Ticks alone must bring it back into step. */
export interface Chapter {
  readonly name: string;
  change(task: LiveTask): Promise<void>;
  /** Runs after the fault has come. */
  meanwhile?(task: LiveTask): Promise<void>;
  /** True: the task must be gone, with everything that it kept. */
  readonly gone?: boolean;
}

/** More rows than the batch keeps in memory, and more than one transaction may have. */
const STAGED = 2_100;
const SPLIT = 2_600;
export const ROWS = 2_800;
export const TRANSACTION = 2_500;

const meanwhile = (task: LiveTask): Promise<void> =>
  task.source.run(
    `delete from ${task.from}.t where id in (3, 5)`,
    `insert into ${task.from}.t values (3, 'back')`,
    `update ${task.from}.u set v = 'meanwhile' where id = 2`,
  );

export const CHAPTERS: readonly Chapter[] = [
  { name: 'load', change: (task) => task.restart(), meanwhile },
  {
    name: 'window',
    change: (task) =>
      task.source.run(
        `replace into ${task.from}.t values (3, '${task.word()}'), (5, 'b'), (100001, 'c')`,
        `delete from ${task.from}.t where id in (4, 100001)`,
        `replace into ${task.from}.u values (2, '${task.word()}', 'x'), (4, '${task.word()}', 'y')`,
      ),
    meanwhile,
  },
  {
    name: 'staged window',
    change: (task) => task.source.run(`update ${task.from}.t set v = '${task.word()}' where id <= ${STAGED}`),
    meanwhile,
  },
  {
    name: 'split window',
    change: (task) =>
      task.source.run(
        `update ${task.from}.t set v = '${task.word()}' where id <= ${SPLIT}`,
        `update ${task.from}.u set v = '${task.word()}'`,
      ),
    meanwhile,
  },
  {
    name: 'schema change',
    change: (task) => {
      const word = task.word();
      return task.source.run(
        `alter table ${task.from}.u add column ${word} int default 7`,
        `alter table ${task.from}.u add index i_${word} (v)`,
        `update ${task.from}.u set ${word} = id`,
      );
    },
  },
  {
    name: 'other columns',
    change: async (task) => {
      const [row] = await task.source.query(`show columns from ${task.from}.k like 'c'`);
      const [type, value] = String(row?.[1]).toLowerCase().startsWith('int')
        ? ['datetime', `'2026-01-0`]
        : ['int', `'99`];
      await task.source.run(
        `delete from ${task.from}.k`,
        `alter table ${task.from}.k drop column c`,
        `alter table ${task.from}.k drop column d`,
        `alter table ${task.from}.k add column c ${type}`,
        `alter table ${task.from}.k add column d ${type} not null`,
        `alter table ${task.from}.k add unique key cc (c)`,
        `insert into ${task.from}.k (id, c, d) values (1, ${value}1', ${value}2'), (2, null, ${value}3'), (4, ${value}4', ${value}5')`,
      );
    },
    meanwhile: (task) => task.source.run(`delete from ${task.from}.k where id = 2`),
  },
  {
    name: 'tables come and go',
    change: async (task) => {
      const word = task.word();
      await task.source.run(
        `create table ${task.from}.n_${word} (id int primary key, v varchar(40))`,
        `insert into ${task.from}.n_${word} values (1, 'a'), (2, 'b')`,
      );
      if (task.newest !== undefined) await task.source.run(`drop table ${task.from}.${task.newest}`);
      task.newest = `n_${word}`;
    },
    meanwhile: (task) => task.source.run(`delete from ${task.from}.${String(task.newest)} where id = 2`),
  },
  {
    name: 'resync',
    change: async (task) => {
      await task.sink.run(
        `delete from ${task.to}.t where id = 9`,
        `update ${task.to}.t set v = 'bent' where id in (10, 11)`,
        `insert into ${task.to}.t values (200001, 'stray')`,
      );
      await task.resync();
    },
    meanwhile,
  },
  { name: 'drop', change: (task) => task.drop(), gone: true },
];
