import type { TableSchema } from '../../data/change.ts';
import { MOST_EXAMPLES, type DifferingKey } from '../../record/check-progress.ts';
import { printKey } from '../../data/row-digest.ts';

export interface Differences {
  /** Rows of the source in the range. */
  readonly rows: number;
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
  /** The first few that differ. */
  readonly examples: readonly DifferingKey[];
}

/** What is remembered of a range while the sink's rows pass by. Keys and digests are texts. */
export class FoundDifferences {
  readonly #schema: TableSchema;
  /** Of the source's rows: what is missing at the sink, or differs there; those in step are taken out. */
  readonly digests: Map<string, string>;
  /** Keys whose row at the sink is the source's. */
  readonly #same = new Set<string>();
  readonly #different = new Set<string>();
  readonly #examples: DifferingKey[] = [];
  #extra = 0;

  /** `digests`: of the source's rows, by key. */
  constructor(schema: TableSchema, digests: Map<string, string>) {
    this.#schema = schema;
    this.digests = digests;
  }

  /** What is to be said of a row that the sink has. */
  judge(key: string, sinkDigest: () => string): 'same' | 'different' | 'unknown' {
    const digest = this.digests.get(key);
    // A key that the sink has twice, which LOAD DATA lets happen on MatrixOne, has to be written anew.
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

  /** Rows that the source has not, by their keys. */
  addExtra(keys: readonly string[]): void {
    this.#extra += keys.length;
    for (const key of keys.slice(0, MOST_EXAMPLES)) this.#note('extra', key);
  }

  /** Once all rows of the sink have been judged. `equal`: how many rows there are, where both ends have the same. */
  counted(equal: number | undefined): Differences {
    const rows = equal ?? this.digests.size + this.#same.size;
    const missing = [...this.digests.keys()].filter((key) => !this.#different.has(key));
    for (const key of missing.slice(0, MOST_EXAMPLES)) this.#note('missing', key);
    const [extra, different] = [this.#extra, this.#different.size];
    return { rows, missing: missing.length, extra, different, examples: this.#examples };
  }

  #note(kind: DifferingKey['kind'], key: string): void {
    if (this.#examples.length < MOST_EXAMPLES) this.#examples.push({ kind, key: printKey(this.#schema, key) });
  }
}
