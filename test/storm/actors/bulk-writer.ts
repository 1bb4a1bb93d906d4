import type { Choices } from '../choices.ts';
import type { Actor } from './actor.ts';
import { SteadyClient } from './steady-client.ts';

export const BULK_TABLES = ['bulk', 'typed'] as const;
export const bulkDefinitions = (real: boolean): string[] => [
  'create table bulk (id int primary key, n int, v varchar(200))',
  `create table typed (a int, b varchar(20), t tinyint, s smallint unsigned, g bigint, d decimal(20,5), f double, dt datetime(6),
     da date, ti time(6), y text, bl blob, e enum('red','it''s','grün'), ${real ? 'u uuid' : 'u varchar(36)'}, j json, bo bool, primary key (a, b))`,
];

const ROWS = 3_000;
/** As bytes: quotes, NUL, what looks like escapes, line ends, bytes that are no text. */
const BYTES = ['00', '27', '5c', '5c30', '0a0d09', '22', 'ff00fe', '', '1a', '2c27', '5c4e'];
const TEXTS = ['plain', `it''s`, '\\\\', '\\\\N', 'NULL', '', ' ', '中文 🚀', 'a\\nb\\tc', '\\0', 'x,"y"', '{}'];

/** Statements of thousands of rows, and rows of all kinds of values. Nobody else writes to these tables. */
export class BulkWriter implements Actor {
  readonly name = 'bulk-writer';
  readonly #choices: Choices;
  readonly #steady: SteadyClient;

  constructor(uri: string, database: string, choices: Choices) {
    this.#choices = choices;
    this.#steady = new SteadyClient(uri, [`use ${database}`]);
  }

  async step(wanted: () => boolean): Promise<void> {
    const sql = this.#statement();
    await this.#steady.use(wanted, (client) => client.run(sql));
  }

  pause(): number {
    return this.#choices.pick([20, 100, 500, 1_500]);
  }

  close(): void {
    this.#steady.close();
  }

  #statement(): string {
    const { below, between } = bound(this.#choices);
    switch (this.#choices.weighted({ fill: 2, change: 3, empty: 2, typed: 20, retype: 6, untype: 6, swap: 3 })) {
      case 'fill': {
        const from = below(ROWS);
        const rows = Array.from(
          { length: between(500, ROWS) },
          (_, i) => `(${from + i}, ${below(9)}, '${this.#text()}')`,
        );
        return `replace into bulk values ${rows.join(', ')}`;
      }
      case 'change':
        return `update bulk set n = n + 1, v = '${this.#text()}' where id % ${between(1, 4)} = 0`;
      case 'empty':
        return `delete from bulk where id >= ${below(2 * ROWS)} and n % ${between(1, 3)} = 0`;
      case 'typed':
        return `replace into typed values ${Array.from({ length: between(1, 20) }, () => this.#row()).join(', ')}`;
      case 'retype':
        return `update typed set y = '${this.#text()}', d = d + 0.00001, j = ${this.#json()} where a = ${below(20)}`;
      case 'untype':
        return `delete from typed where a = ${below(20)} and b <> '${this.#choices.pick(['x', 'X', 'x '])}'`;
      case 'swap':
        return `update bulk set id = id + ${10 * ROWS} where id < ${below(200)}`;
    }
  }

  #row(): string {
    const { below, between } = bound(this.#choices);
    const or = (value: string): string => (this.#choices.chance(0.15) ? 'null' : value);
    const two = (limit: number): string => String(1 + below(limit)).padStart(2, '0');
    const values = [
      below(20),
      `'${this.#choices.pick(['x', 'X', 'x ', `'' or`, '\\\\', '中'])}'`,
      or(`${between(-128, 128)}`),
      or(`${below(65_536)}`),
      or(this.#choices.pick(['9223372036854775807', '-9223372036854775808', '0', '42'])),
      or(`${between(-1_000_000, 1_000_000)}.${10_000 + below(9_999)}`),
      or(this.#choices.pick(['0.5', '-1e100', '3.25', '0', '123456789'])),
      or(`'20${two(29).padStart(2, '2')}-${two(12)}-${two(28)} 0${below(10)}:00:59.${100_000 + below(900_000)}'`),
      or(`'20${two(29)}-${two(12)}-${two(28)}'`),
      or(`'0${below(10)}:59:01.${100_000 + below(900_000)}'`),
      or(`'${this.#text()}'`),
      or(`x'${this.#bytes()}'`),
      or(this.#choices.pick([`'red'`, `'it''s'`, `'grün'`])),
      or(`'01234567-89ab-7def-8000-${String(below(1_000_000)).padStart(12, '0')}'`),
      or(this.#json()),
      or(`${below(2)}`),
    ];
    return `(${values.join(', ')})`;
  }

  #text(): string {
    const { below } = bound(this.#choices);
    return Array.from({ length: 1 + below(3) }, () => TEXTS[below(TEXTS.length)] ?? '').join('');
  }

  #bytes(): string {
    const { below } = bound(this.#choices);
    return Array.from({ length: below(6) }, () => BYTES[below(BYTES.length)] ?? '').join('');
  }

  #json(): string {
    const { below } = bound(this.#choices);
    return this.#choices.pick([`'{"a": ${below(1000)}}'`, `'"it''s"'`, `'{"b": {"c": null}}'`, `'${below(1000)}'`]);
  }
}

const bound = (choices: Choices) => ({
  below: (limit: number): number => choices.below(limit),
  between: (least: number, most: number): number => choices.between(least, most),
});
