import { tableKey, type TableMapping } from '../task/task.ts';
import type { CheckRequest } from '../task/task-record.ts';
import { isKeyless, sameRows, type TableSchema } from './change.ts';
import { ChunkComparison, type Differences } from './chunk-comparison.ts';
import type { Ends } from './ends.ts';
import { compareKeyless } from './keyless-comparison.ts';
import type { Pin } from './position.ts';
import type { CheckProgress, TableCheck } from './progress.ts';
import { replaceTable } from './replace-table.ts';
import type { Session } from './session.ts';
import type { FenceStep, SinkTable } from './sink.ts';
import type { KeyRange } from './source.ts';

/** Between two windows a check may take this long, plus the chunk under way: changes wait for no longer. Milliseconds. */
const SLICE = 500;
/** Rows compared in one step. */
const CHUNK_ROWS = 10_000;
const NOTHING: TableCheck = { done: false, chunks: 0, chunksDone: 0, rows: 0, missing: 0, extra: 0, different: 0 };

interface Plan {
  readonly schema: TableSchema;
  readonly ranges: readonly KeyRange[];
}

/**
 * Compares source and sink as the user asks, a slice between any two windows: each chunk at the checkpoint of its
 * moment, when the sink must equal the source. A worker that takes over begins the table under way anew.
 */
export class TableChecks {
  readonly #session: Session;
  readonly #ends: Ends;
  #plan: Plan | undefined;

  constructor(session: Session, ends: Ends) {
    this.#session = session;
    this.#ends = ends;
  }

  /** Is there something to compare? */
  get wanted(): boolean {
    const { check } = this.#session.latest;
    const { check: known } = this.#session.progress;
    return check !== undefined && (known?.number !== check.number || known.finishedAt === 0);
  }

  async slice(checkpoint: Pin): Promise<void> {
    const request = this.#session.latest.check;
    if (request === undefined || !this.wanted) return;
    const until = this.#session.deps.clock.now() + SLICE;
    let progress = this.#begun(request);
    while (progress.finishedAt === 0 && this.#session.deps.clock.now() < until) {
      progress = await this.#next(request, progress, checkpoint);
    }
    await this.#session.advance({ check: progress });
  }

  #begun({ number, kind }: CheckRequest): CheckProgress {
    const known = this.#session.progress.check;
    if (known?.number === number) return known;
    this.#plan = undefined;
    return { number, kind, startedAt: this.#session.deps.clock.now(), finishedAt: 0, tables: {} };
  }

  async #next(request: CheckRequest, progress: CheckProgress, at: Pin): Promise<CheckProgress> {
    const mapping = (await this.#mappings(request, at)).find(
      ({ source }) => progress.tables[tableKey(source)]?.done !== true,
    );
    if (mapping === undefined) return { ...progress, finishedAt: this.#session.deps.clock.now() };
    const key = tableKey(mapping.source);
    const table = await this.#compareNext(mapping, progress.kind, progress.tables[key] ?? NOTHING, at);
    return { ...progress, tables: { ...progress.tables, [key]: table } };
  }

  async #mappings({ tables }: CheckRequest, at: Pin): Promise<TableMapping[]> {
    const { missing, aside } = this.#session.progress;
    const wanted = (key: string): boolean => tables?.includes(key) ?? true;
    return (await this.#ends.tables.at(at)).tables
      .map((mapping) => ({ mapping, key: tableKey(mapping.source) }))
      .filter(({ key }) => wanted(key) && !missing.includes(key) && !Object.hasOwn(aside, key))
      .map(({ mapping }) => mapping);
  }

  async #compareNext(
    mapping: TableMapping,
    kind: CheckProgress['kind'],
    known: TableCheck,
    at: Pin,
  ): Promise<TableCheck> {
    const schema = await this.#ends.source.describe(mapping.source, at);
    const begun = this.#plan !== undefined && sameRows(this.#plan.schema, schema);
    const plan = begun && this.#plan !== undefined ? this.#plan : await this.#planned(schema, at);
    // Counts of a table begun by another worker, or of another shape, count for nothing.
    const table = begun ? known : { ...NOTHING, chunks: plan.ranges.length };
    const range = plan.ranges[table.chunksDone];
    if (range === undefined) {
      this.#plan = undefined;
      return { ...table, done: true };
    }
    const { window } = this.#session.progress;
    const step = () => ({ window, batch: 0, checkpoint: undefined });
    const target = { name: mapping.sink, schema };
    const found = isKeyless(schema)
      ? await this.#compareKeyless(target, kind, at, step())
      : await new ChunkComparison(this.#session.signal, this.#ends, target, at, step).run(
          range,
          kind === 'resync' ? 'align' : 'count',
        );
    return {
      ...table,
      chunksDone: table.chunksDone + 1,
      rows: table.rows + found.rows,
      missing: table.missing + found.missing,
      extra: table.extra + found.extra,
      different: table.different + found.different,
    };
  }

  async #compareKeyless(table: SinkTable, kind: CheckProgress['kind'], at: Pin, step: FenceStep): Promise<Differences> {
    const { signal } = this.#session;
    const found = await compareKeyless(signal, this.#ends, table, at);
    const differs = found.missing + found.extra + found.different > 0;
    if (kind === 'resync' && differs) await replaceTable(signal, this.#ends, table, at, step);
    return found;
  }

  async #planned(schema: TableSchema, at: Pin): Promise<Plan> {
    this.#plan = { schema, ranges: await this.#ends.source.planRanges(schema, at, CHUNK_ROWS) };
    return this.#plan;
  }
}
