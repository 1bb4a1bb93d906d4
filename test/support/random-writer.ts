import type { SqlClient } from './sql-client.ts';

/**
 * The tables: one with a unique key besides the primary one; one with a composite key of mixed types; one that all
 * writers write to; one with a unique key in place of a primary one; one without a key; and one whose key `data branch
 * diff` gets wrong.
 */
export const WORKLOAD_TABLES = ['account', 'pair', 'tally', 'ticket', 'bag', 'moment'] as const;
export const WORKLOAD_DEFINITIONS = [
  'create table account (id int primary key, handle varchar(20), amount decimal(20,4), note text, unique key handle (handle))',
  'create table pair (a int, b varchar(20), v varchar(40), at datetime(6), primary key (a, b))',
  'create table tally (id int primary key, n bigint)',
  'create table ticket (n int not null, code varchar(20) not null, v varchar(40), unique key code (code))',
  'create table bag (k int, v varchar(40))',
  'create table moment (at datetime(6) primary key, v varchar(40))',
  'insert into tally values (0, 0), (1, 0), (2, 0), (3, 0), (4, 0)',
];

const KEYS = 200;

const WRITERS = 4;

/**
 * One writer of the random workload. All writers write to `tally`; in the other tables each has rows of its own. The
 * reason: if on MatrixOne 4.2.0 a transaction deletes a key and inserts it again while another one changes that row,
 * the source itself may end with two rows of one primary key, and no copy can be compared with that.
 */
export class RandomWriter {
  writes = 0;
  readonly #client: SqlClient;
  readonly #random: () => number;

  readonly #number: number;

  /** `number` counts the writers from 0. `random` returns numbers in [0, 1). */
  constructor(client: SqlClient, number: number, random: () => number) {
    this.#client = client;
    this.#number = number;
    this.#random = random;
  }

  /** Runs a transaction of one to four changes. One transaction in five is rolled back. */
  async step(): Promise<void> {
    const statements = Array.from({ length: 1 + this.#below(4) }, () => this.#change()).flat();
    try {
      await this.#client.run('begin', ...statements, this.#below(5) === 0 ? 'rollback' : 'commit');
      this.writes += 1;
    } catch {
      // On a duplicate, a deadlock or a write conflict, give the transaction up.
      await this.#client.run('rollback');
    }
  }

  #change(): string[] {
    const changes = [
      () => [this.#insertAccount()],
      () => [this.#upsertPair()],
      () => [
        `update account set amount = amount + 1, note = '${this.#text()}' where ${this.#own()} and id % 7 = ${this.#below(7)}`,
      ],
      () => [`update pair set v = '${this.#text()}' where a = ${this.#ownGroup()}`],
      () => [`delete from account where id = ${this.#ownKey()}`],
      () => [`delete from pair where a = ${this.#ownGroup()} and b > 'k${this.#below(10)}'`],
      () => [`update account set id = ${this.#ownKey()} where id = ${this.#ownKey()}`],
      () => [
        `update pair set b = concat('k', ${this.#below(10)}) where a = ${this.#ownGroup()} and b = 'k${this.#below(10)}'`,
      ],
      () => [`update tally set n = n + 1 where id = ${this.#below(5)}`],
      () => [
        `insert into bag values (${this.#ownGroup()}, '${this.#text()}'), (${this.#ownGroup()}, '${this.#text()}')`,
      ],
      () => [`update bag set v = '${this.#text()}' where k = ${this.#ownGroup()}`],
      () => [`delete from bag where k = ${this.#ownGroup()}`],
      () => [`insert into ticket values (${this.#ownGroup()}, '${this.#code()}', '${this.#text()}')`],
      () => [`update ticket set code = '${this.#code()}' where code = '${this.#code()}'`],
      () => [`update ticket set v = '${this.#text()}' where n = ${this.#ownGroup()}`],
      () => [`delete from ticket where code = '${this.#code()}'`],
      () => [`replace into moment values ('${this.#moment()}', '${this.#text()}')`],
      () => [`delete from moment where at = '${this.#moment()}'`],
      () => this.#reinsert(),
      () => this.#swap(),
    ];
    return changes[this.#below(changes.length)]?.() ?? [];
  }

  #insertAccount(): string {
    const id = this.#ownKey();
    return `insert into account values (${id}, 'h${id}-${this.#below(1000)}', ${this.#below(10_000)} / 7, '${this.#text()}')`;
  }

  #upsertPair(): string {
    const [a, b] = [this.#ownGroup(), `k${this.#below(10)}`];
    return `replace into pair values (${a}, '${b}', '${this.#text()}', '2026-01-01 00:00:00.${100_000 + this.#below(900_000)}')`;
  }

  #reinsert(): string[] {
    const id = this.#ownKey();
    return [
      `delete from account where id = ${id}`,
      `insert into account values (${id}, 'h${id}', 1, '${this.#text()}')`,
    ];
  }

  /** Two rows exchange their unique values. */
  #swap(): string[] {
    const [a, b] = [this.#ownKey(), this.#ownKey()];
    const stamp = this.#below(1_000_000);
    return [
      `update account set handle = 's${stamp}' where id = ${a}`,
      `update account set handle = 'h${a}x${stamp % 10}' where id = ${b}`,
      `update account set handle = 'h${b}x${stamp % 10}' where id = ${a}`,
    ];
  }

  #code(): string {
    return `c${this.#below(20)}-${this.#number}`;
  }

  #moment(): string {
    return `2026-01-01 00:00:0${this.#number}.${100_000 + this.#below(20)}`;
  }

  #own(): string {
    return `id % ${WRITERS} = ${this.#number}`;
  }

  #ownKey(): number {
    return this.#below(KEYS / WRITERS) * WRITERS + this.#number;
  }

  #ownGroup(): number {
    return this.#below(2) * WRITERS + this.#number;
  }

  #text(): string {
    return ['plain', 'tab\\tand\\nnewline', "it''s", 'back\\\\slash', '中文 🚀', ''][this.#below(6)] ?? '';
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}

/** A small generator (mulberry32). The same seed gives the same numbers, so that a failing run can be repeated. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
