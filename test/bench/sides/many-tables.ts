import type { SqlClient } from '../../support/sql-client.ts';
import { SqlClient as Client } from '../../support/sql-client.ts';
import { type Bench, freshName, makeDatabase } from '../topic.ts';

/** Connections that ask at the same time, and that create tables. */
export const LANES = 4;
const ROWS = 10;

/** A database of many small tables: t0, t1, … */
export class ManyTables {
  readonly database = freshName('many');
  readonly count: number;
  readonly #bench: Bench;

  private constructor(bench: Bench, count: number) {
    this.#bench = bench;
    this.count = count;
  }

  static async create(bench: Bench, count: number): Promise<ManyTables> {
    const tables = new ManyTables(bench, count);
    await makeDatabase(bench, bench.source, tables.database);
    bench.tell(`creating ${count} tables …`);
    const rows = Array.from({ length: ROWS }, (_, id) => `(${id}, 'row ${id}')`).join(',');
    await tables.#each((client, name) =>
      client.run(`create table ${name} (id int primary key, v varchar(40))`, `insert into ${name} values ${rows}`),
    );
    return tables;
  }

  /** One row in each of some tables, in one transaction. */
  async change(tables: number, value: string): Promise<void> {
    const step = Math.floor(this.count / tables);
    const updates = Array.from(
      { length: tables },
      (_, i) => `update ${this.#name(i * step)} set v = '${value}' where id = 1`,
    );
    await this.#bench.source.run('begin', ...updates, 'commit');
  }

  /** Asks every table how many rows have changed since a snapshot, over several connections; seconds. */
  async ask(snapshot: string): Promise<number> {
    const begun = performance.now();
    await this.#each(async (client, name) => {
      await client.query(`data branch diff ${name} against ${name}{snapshot='${snapshot}'} output count`);
    });
    return (performance.now() - begun) / 1_000;
  }

  #name(table: number): string {
    return `${this.database}.t${table}`;
  }

  async #each(step: (client: SqlClient, name: string) => Promise<void>): Promise<void> {
    let next = 0;
    const lane = async (): Promise<void> => {
      const client = new Client(this.#bench.servers.sourceUri);
      try {
        while (next < this.count) await step(client, this.#name(next++));
      } finally {
        client.close();
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }
}
