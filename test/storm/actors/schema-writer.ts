import type { Choices } from '../choices.ts';
import type { Actor } from './actor.ts';
import { SteadyClient } from './steady-client.ts';

/** Their schemas change; nobody else writes to them. */
export const SHAPE_TABLES = ['shape_0', 'shape_1', 'shape_2', 'shape_3'] as const;

const KEYS = ['primary key (id)', 'primary key (id, u)', 'primary key (u)', 'primary key (u, id)', ''] as const;
const TYPES = [
  'int',
  'bigint',
  'varchar(20)',
  "varchar(60) default 'it''s'",
  'decimal(10,2)',
  'text',
  'datetime',
  'int not null default 7',
] as const;
const COLUMNS = ['c0', 'c1', 'c2', 'c3'] as const;

const WEIGHTS = {
  insert: 60,
  update: 30,
  remove: 20,
  shift: 8,
  add: 6,
  drop: 4,
  rename: 4,
  modify: 4,
  index: 4,
  noIndex: 3,
  truncate: 3,
  create: 6,
  dropTable: 3,
  anew: 4,
  move: 4,
  manyRows: 4,
} as const;

/** Adds, drops, renames and modifies columns, indexes and tables, and writes rows in between. */
export class SchemaWriter implements Actor {
  readonly name = 'schema-writer';
  readonly #choices: Choices;
  readonly #steady: SteadyClient;

  constructor(uri: string, database: string, choices: Choices) {
    this.#choices = choices;
    this.#steady = new SteadyClient(uri, [`use ${database}`]);
  }

  static definitions(choices: Choices): string[] {
    return SHAPE_TABLES.map((table) => createTable(table, choices));
  }

  async step(wanted: () => boolean): Promise<void> {
    const statements = this.#statements();
    await this.#steady.use(wanted, (client) => client.run(...statements));
  }

  pause(): number {
    return this.#choices.pick([5, 20, 100, 300, 900]);
  }

  close(): void {
    this.#steady.close();
  }

  #statements(): string[] {
    const choices = this.#choices;
    const t = choices.pick(SHAPE_TABLES);
    const [c, d, type] = [choices.pick(COLUMNS), choices.pick(COLUMNS), choices.pick(TYPES)];
    const [id, least] = [choices.below(60), choices.below(5)];
    switch (choices.weighted(WEIGHTS)) {
      case 'insert':
        return [`insert into ${t} (id, u, v) values ${[id, id + 1, id + 7].map((one) => this.#row(one)).join(', ')}`];
      case 'manyRows': {
        const from = choices.between(100, 2_000);
        const rows = Array.from({ length: 400 }, (_, i) => this.#row(from + i));
        return [`insert into ${t} (id, u, v) values ${rows.join(', ')}`];
      }
      case 'update':
        return [`update ${t} set v = 'u${choices.below(1_000)}', ${c} = ${choices.below(90)} where id % 5 = ${least}`];
      case 'remove':
        return [`delete from ${t} where id % 7 = ${least} and id >= ${id}`];
      case 'shift':
        return [`update ${t} set id = id + ${choices.between(3_000, 9_000)} where id = ${id}`];
      case 'add':
        return [`alter table ${t} add column ${c} ${type}`];
      case 'drop':
        return [`alter table ${t} drop column ${c}`];
      case 'rename':
        return [`alter table ${t} rename column ${c} to ${d}`];
      case 'modify':
        return [`alter table ${t} modify column ${c} ${type}`];
      case 'index':
        return [`create index i_${c} on ${t} (v)`];
      case 'noIndex':
        return [`drop index i_${c} on ${t}`];
      case 'truncate':
        return [`truncate table ${t}`, `insert into ${t} (id, u, v) values ${this.#row(id)}`];
      case 'create':
        return [createTable(t, choices), `insert into ${t} (id, u, v) values ${this.#row(id)}`];
      case 'dropTable':
        return [`drop table ${t}`];
      case 'anew':
        return [
          `drop table if exists ${t}`,
          createTable(t, choices),
          `insert into ${t} (id, u, v) values ${this.#row(id)}`,
        ];
      case 'move':
        return [`rename table ${t} to ${choices.pick(SHAPE_TABLES)}`];
    }
  }

  #row(id: number): string {
    return `(${id}, 'u-${id}', ${this.#choices.chance(0.1) ? 'null' : `'v${this.#choices.below(1_000)}'`})`;
  }
}

function createTable(table: string, choices: Choices): string {
  const key = choices.pick(KEYS);
  const extra = choices.pick(['', 'c0 int,', 'c1 varchar(30), c2 datetime,']);
  return `create table ${table} (id int not null, u varchar(36) not null, v varchar(40), ${extra} n int default 3${key === '' ? '' : `, ${key}`})`;
}
