import type { TableSchema } from '../../data/change.ts';
import { MOST_EXAMPLES, type DifferingKey } from '../../record/check-progress.ts';
import { printKey } from '../../data/row-digest.ts';

export interface Differences {
  /** Rows of the source in the range. */
  readonly rows: number;
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
  /** The first few differences. */
  readonly examples: readonly DifferingKey[];
}

export const NO_DIFFERENCES: Differences = { rows: 0, missing: 0, extra: 0, different: 0, examples: [] };

export const plusDifferences = (a: Differences, b: Differences): Differences => ({
  rows: a.rows + b.rows,
  missing: a.missing + b.missing,
  extra: a.extra + b.extra,
  different: a.different + b.different,
  examples: [...a.examples, ...b.examples].slice(0, MOST_EXAMPLES),
});

/** Remembers the differences of a range while the sink's rows are read. Keys and digests are texts. */
export class FoundDifferences {
  readonly #schema: TableSchema;
  /** Digests of source rows that are missing or different at the sink, by key. Equal rows are removed. */
  readonly digests: Map<string, string>;
  /** Keys whose rows are equal at source and sink. */
  readonly #same = new Set<string>();
  readonly #different = new Set<string>();
  readonly #examples: DifferingKey[] = [];
  #extra = 0;

  /** `digests`: of all source rows of the range, by key. */
  constructor(schema: TableSchema, digests: Map<string, string>) {
    this.#schema = schema;
    this.digests = digests;
  }

  /** Judges a row of the sink. */
  judge(key: string, sinkDigest: () => string): 'same' | 'different' | 'unknown' {
    const digest = this.digests.get(key);
    // The sink may have a key twice, since LOAD DATA checks no keys on MatrixOne: such a row must be written anew.
    const again = this.#same.has(key);
    if (digest === undefined && !again) return 'unknown';
    if (!again && !this.#different.has(key) && digest === sinkDigest()) {
      this.digests.delete(key);
      this.#same.add(key);
      return 'same';
    }
    if (!this.#different.has(key)) this.#note('different', key);
    this.#same.delete(key);
    this.digests.set(key, digest ?? '');
    this.#different.add(key);
    return 'different';
  }

  /** Adds rows that the source does not have, by their keys. */
  addExtra(keys: readonly string[]): void {
    this.#extra += keys.length;
    for (const key of keys.slice(0, MOST_EXAMPLES)) this.#note('extra', key);
  }

  /** Call it after all rows of the sink have been judged. */
  counted(): Differences {
    const rows = this.digests.size + this.#same.size;
    const missing = [...this.digests.keys()].filter((key) => !this.#different.has(key));
    for (const key of missing.slice(0, MOST_EXAMPLES)) this.#note('missing', key);
    const [extra, different] = [this.#extra, this.#different.size];
    return { rows, missing: missing.length, extra, different, examples: this.#examples };
  }

  #note(kind: DifferingKey['kind'], key: string): void {
    if (this.#examples.length < MOST_EXAMPLES) this.#examples.push({ kind, key: printKey(this.#schema, key) });
  }
}
