import type { MatrixOneProbe } from './matrixone-probe.ts';

type Rows = ReadonlyMap<string, string>;

// Values that a careless comparison takes for equal.
const VALUES = ["'a'", "'A'", "'a '", "''", 'null', "'ä'", "'it''s'", "'\\\\'", "'0'", "'00'"];
const TEXTS = ['a', 'A', 'a ', '', 'NULL', 'ä', "it's", '\\', '0', '00'].map((text) =>
  Buffer.from(text).toString('latin1'),
);
const KEYS = 30;

/** A table that is changed at random, with a model of the rows it must have. */
export class RandomTable {
  readonly #db: MatrixOneProbe;
  readonly #name: string;
  /** Lines `k|s|v` by key `k|s`. */
  readonly #rows = new Map<string, string>();

  constructor(db: MatrixOneProbe, name: string) {
    this.#db = db;
    this.#name = name;
  }

  async create(): Promise<void> {
    await this.#db.run(
      `create table ${this.#name} (k int not null, s varchar(10) not null, v varchar(20), primary key (k, s))`,
    );
  }

  rows(): Rows {
    return new Map(this.#rows);
  }

  /** Runs a few statements, some of them in one transaction. */
  async change(statements: number): Promise<void> {
    const together = Math.random() < 0.5;
    if (together) await this.#db.run('begin');
    for (let i = 0; i < statements; i++) await this.#step();
    if (together) await this.#db.run('commit');
  }

  async #step(): Promise<void> {
    const k = random(KEYS);
    const s = random(2) === 0 ? 'x' : 'X';
    const v = random(VALUES.length);
    const key = `${k}|${s}`;
    const where = `where k = ${k} and s = '${s}'`;
    const kind = random(4);
    if (!this.#rows.has(key)) {
      await this.#db.run(`insert into ${this.#name} values (${k}, '${s}', ${VALUES[v] ?? ''})`);
      this.#rows.set(key, `${key}|${TEXTS[v] ?? ''}`);
    } else if (kind === 0) {
      await this.#db.run(`delete from ${this.#name} ${where}`);
      this.#rows.delete(key);
    } else if (kind === 1) {
      await this.#moveKey(k, s, where);
    } else {
      await this.#db.run(`update ${this.#name} set v = ${VALUES[v] ?? ''} ${where}`);
      this.#rows.set(key, `${key}|${TEXTS[v] ?? ''}`);
    }
  }

  async #moveKey(k: number, s: string, where: string): Promise<void> {
    const target = `${random(KEYS)}|${s}`;
    if (this.#rows.has(target)) return;
    await this.#db.run(`update ${this.#name} set k = ${target.split('|')[0] ?? ''} ${where}`);
    const line = this.#rows.get(`${k}|${s}`) ?? '';
    this.#rows.delete(`${k}|${s}`);
    this.#rows.set(target, target + line.slice(`${k}|${s}`.length));
  }

  static lines(rows: Rows): string[] {
    return [...rows.values()].sort();
  }

  /** `FLAG|line`, sorted. */
  static difference(before: Rows, after: Rows): string[] {
    const deleted = [...before].filter(([key]) => !after.has(key)).map(([, line]) => `DELETE|${line}`);
    const present = [...after].flatMap(([key, line]) => {
      const old = before.get(key);
      if (old === undefined) return [`INSERT|${line}`];
      return old === line ? [] : [`UPDATE|${line}`];
    });
    return [...deleted, ...present].sort();
  }
}

const random = (below: number): number => Math.floor(Math.random() * below);
