import type { SqlClient } from './sql-client.ts';

/** Tables with a unique key beside the primary one, and with a composite key of mixed types. */
export const WORKLOAD_TABLES = ['account', 'pair'] as const;
export const WORKLOAD_DEFINITIONS = [
  'create table account (id int primary key, handle varchar(20), amount decimal(20,4), note text, unique key handle (handle))',
  'create table pair (a int, b varchar(20), v varchar(40), at datetime(6), primary key (a, b))',
];

const KEYS = 60;

/** One writer of the random workload. Conflicts with the other writers are part of it. */
export class RandomWriter {
  writes = 0;
  readonly #client: SqlClient;
  readonly #random: () => number;

  /** `random` gives numbers in [0, 1). */
  constructor(client: SqlClient, random: () => number) {
    this.#client = client;
    this.#random = random;
  }

  /** A transaction of one to four changes, one in five of them rolled back. */
  async step(): Promise<void> {
    const statements = Array.from({ length: 1 + this.#below(4) }, () => this.#change()).flat();
    try {
      await this.#client.run('begin', ...statements, this.#below(5) === 0 ? 'rollback' : 'commit');
      this.writes += 1;
    } catch {
      // A duplicate, a deadlock or a write conflict: the transaction is given up.
      await this.#client.run('rollback');
    }
  }

  #change(): string[] {
    const changes = [
      () => [this.#insertAccount()],
      () => [this.#upsertPair()],
      () => [`update account set amount = amount + 1, note = '${this.#text()}' where id % 7 = ${this.#below(7)}`],
      () => [`update pair set v = '${this.#text()}' where a = ${this.#below(6)}`],
      () => [`delete from account where id = ${this.#key()}`],
      () => [`delete from pair where a = ${this.#below(6)} and b > 'k${this.#below(10)}'`],
      () => [`update account set id = ${this.#key()} where id = ${this.#key()}`],
      () => [
        `update pair set b = concat('k', ${this.#below(10)}) where a = ${this.#below(6)} and b = 'k${this.#below(10)}'`,
      ],
      () => this.#reinsert(),
      () => this.#swap(),
    ];
    return changes[this.#below(changes.length)]?.() ?? [];
  }

  #insertAccount(): string {
    const id = this.#key();
    return `insert into account values (${id}, 'h${id}-${this.#below(1000)}', ${this.#below(10_000)} / 7, '${this.#text()}')`;
  }

  #upsertPair(): string {
    const [a, b] = [this.#below(6), `k${this.#below(10)}`];
    return `replace into pair values (${a}, '${b}', '${this.#text()}', '2026-01-01 00:00:00.${100_000 + this.#below(900_000)}')`;
  }

  #reinsert(): string[] {
    const id = this.#key();
    return [
      `delete from account where id = ${id}`,
      `insert into account values (${id}, 'h${id}', 1, '${this.#text()}')`,
    ];
  }

  /** Two rows exchange their unique values. */
  #swap(): string[] {
    const [a, b] = [this.#key(), this.#key()];
    const stamp = this.#below(1_000_000);
    return [
      `update account set handle = 's${stamp}' where id = ${a}`,
      `update account set handle = 'h${a}x${stamp % 10}' where id = ${b}`,
      `update account set handle = 'h${b}x${stamp % 10}' where id = ${a}`,
    ];
  }

  #key(): number {
    return this.#below(KEYS);
  }

  #text(): string {
    return ['plain', 'tab\\tand\\nnewline', "it''s", 'back\\\\slash', '中文 🚀', ''][this.#below(6)] ?? '';
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}

/** A small generator (mulberry32), so that a failing run can be repeated from its seed. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
