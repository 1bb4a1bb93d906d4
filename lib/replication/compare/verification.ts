import { createHash } from 'node:crypto';
import { tableKey, type TableMapping, type TableKey } from '../../task/task.ts';
import type { CheckRequest } from '../../record/task-record.ts';
import { isKeyless, type TableSchema } from '../../data/change.ts';
import { verificationVerdict } from './verification-failure.ts';
import {
  failedTable,
  newCheck,
  NOTHING_COMPARED,
  underWay,
  withDone,
  type CheckProgress,
  type TableCheck,
  isCheckWanted,
} from '../../record/check-progress.ts';
import { ChunkComparison } from './chunk-comparison.ts';
import { type Differences, plusDifferences } from './found-differences.ts';
import { type ComparedRanges, RangesComparison } from './ranges-comparison.ts';
import { decodeKeyPosition, encodeKeyPosition, type KeyPosition } from '../../data/key-position.ts';
import { describedTable } from '../tables/described-table.ts';
import { currentSets, type Endpoints } from '../tables/endpoints.ts';
import { compareKeyless } from './keyless-comparison.ts';
import type { Pin } from '../../data/position.ts';
import { replaceTable } from './replace-table.ts';
import type { Session } from '../session/session.ts';
import { isAnyComingBack } from '../tables/set-aside.ts';
import type { FenceStep } from '../endpoints/sink.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';
import type { RangePage } from '../endpoints/source.ts';

/** A check may take this long between two windows, plus its last chunk: changes wait no longer. Milliseconds. */
const SLICE_MS = 500;
/** Rows that are compared one by one in a step, unless the task has smaller `chunkRows`. */
const CHUNK_ROWS = 10_000;
/** Bytes compared in one step. A chunk is never interrupted, and its keys are held in memory. */
const CHUNK_BYTES = 32 * 1024 * 1024;
/** Ranges that are planned at once: on a large table, a page is a short look at the next keys. */
const PAGE_RANGES = 100;
/** The longest end of a range, as text, that is stored for a later worker: the task's item must stay small. */
const LONGEST_END = 8_000;

/** The ranges of the table that is being compared. */
interface Plan {
  readonly table: TableKey;
  readonly shape: string;
  /** What was found so far. */
  readonly known: TableCheck;
  readonly comparison: RangesComparison;
}

/**
 * Compares source and sink when the user asks for it, in slices between windows. Each chunk is compared at the
 * checkpoint of that moment, where the sink must equal the source. A later worker goes on after the last stored chunk,
 * unless the table's shape has changed. An error of one table is noted and does not hold up the others.
 */
export class Verification {
  readonly #session: Session;
  readonly #ends: Endpoints;
  #plan: Plan | undefined;
  /** How many ranges the table has by its number of rows; 0 while all of them are planned. */
  #estimated = 0;
  /** Failures in a row of the table that is being compared. */
  #failures = 0;

  constructor(session: Session, ends: Endpoints) {
    this.#session = session;
    this.#ends = ends;
  }

  /** True when the user asked for a check that is not finished. */
  get wanted(): boolean {
    return isCheckWanted(this.#session.latest.check, this.#session.progress.check);
  }

  async slice(checkpoint: Pin): Promise<void> {
    const request = this.#session.latest.check;
    // A window brings back the tables that a resync asks for. Compare after that.
    if (request === undefined || !this.wanted || isAnyComingBack(this.#session)) return;
    const until = this.#session.deps.clock.now() + SLICE_MS;
    const wanted = await this.#wanted(request, checkpoint);
    let progress = { ...this.#begun(request), tablesTotal: wanted.size };
    while (progress.finishedAt === 0 && this.#session.deps.clock.now() < until) {
      progress = await this.#next(wanted, progress, checkpoint);
    }
    await this.#session.advance({ check: progress });
  }

  #begun({ number, kind }: CheckRequest): CheckProgress {
    const known = this.#session.progress.check;
    if (known?.number === number) return known;
    this.#plan = undefined;
    return newCheck(number, kind, this.#session.deps.clock.now());
  }

  /** The tables to compare, ordered by name; undefined for a table that the user named and that does not exist. */
  async #wanted({ tables }: CheckRequest, at: Pin): Promise<Map<TableKey, TableMapping | undefined>> {
    const { missing } = this.#session.progress;
    const found = new Map(
      (await currentSets(this.#session, this.#ends).at(at)).tables
        .map((mapping) => [tableKey(mapping.source), mapping] as const)
        .filter(([key]) => !missing.includes(key)),
    );
    const names = tables === undefined ? [...found.keys()] : [...new Set(tables)];
    return new Map(names.sort().map((name) => [name, found.get(name)]));
  }

  async #next(
    wanted: ReadonlyMap<TableKey, TableMapping | undefined>,
    progress: CheckProgress,
    at: Pin,
  ): Promise<CheckProgress> {
    // First finish the table that was begun. Do not go back for a table that was added since and has an earlier name.
    const key = progress.position?.table ?? [...wanted.keys()].find((name) => name > progress.lastDone);
    if (key === undefined) return { ...progress, finishedAt: this.#session.deps.clock.now() };
    const mapping = wanted.get(key);
    const aside = this.#session.progress.aside[key];
    if (aside !== undefined) {
      return withDone(progress, key, failedTable(NOTHING_COMPARED, aside.code, `It is set aside: ${aside.message}`));
    }
    if (mapping === undefined) return gone(progress, key);
    try {
      const compared = await this.#compareNext(mapping, key, progress, at);
      this.#failures = 0;
      return compared;
    } catch (error) {
      this.#failures += 1;
      const { code, message, again } = verificationVerdict(this.#session, error, this.#failures);
      this.#session.log('warn', 'check.error', { table: key, code, again });
      if (again !== undefined) {
        await this.#session.deps.clock.sleep(again, this.#session.signal);
        return progress;
      }
      this.#plan = undefined;
      this.#failures = 0;
      return withDone(progress, key, failedTable(progress.tables[key] ?? NOTHING_COMPARED, code, message));
    }
  }

  async #compareNext(mapping: TableMapping, key: TableKey, progress: CheckProgress, at: Pin): Promise<CheckProgress> {
    const target = await describedTable(this.#ends, mapping, at);
    const { schema } = target;
    // Somebody may have dropped the sink table.
    if (progress.kind === 'resync' && this.#plan?.table !== key) await this.#ends.sink.createTable(target);
    const plan = this.#planned(schema, progress, key);
    const { window } = this.#session.progress;
    const step = () => ({ window, batch: 0, point: undefined });
    if (isKeyless(schema)) {
      const found = await this.#compareKeyless(target, progress.kind, at, step());
      return this.#after(progress, plan, { ranges: 1, found, end: undefined, isLast: true });
    }
    const comparison = new ChunkComparison(this.#session.signal, this.#ends, target, at, step);
    const mode = progress.kind === 'resync' ? 'align' : 'count';
    const done = await plan.comparison.step(comparison, mode, (after) => this.#page(schema, at, after));
    return done === undefined ? progress : this.#after(progress, plan, done);
  }

  /** Notes what was found. */
  #after(progress: CheckProgress, plan: Plan, { ranges, found, end, isLast }: ComparedRanges): CheckProgress {
    const { known } = plan;
    const chunksDone = known.chunksDone + ranges;
    const chunks = Math.max(this.#estimated, chunksDone + plan.comparison.planned);
    const table = { ...known, ...plusDifferences(known, found), chunks, chunksDone };
    if (isLast) {
      this.#plan = undefined;
      return withDone(progress, plan.table, { ...table, chunks: chunksDone });
    }
    this.#plan = { ...plan, known: table };
    return underWay(progress, { table: plan.table, shape: plan.shape, after: keptEnd(end) }, table);
  }

  async #compareKeyless(table: SinkTable, kind: CheckProgress['kind'], at: Pin, step: FenceStep): Promise<Differences> {
    const { signal } = this.#session;
    const found = await compareKeyless(signal, this.#ends, table, at);
    const differs = found.missing + found.extra + found.different > 0;
    if (kind === 'resync' && differs) await replaceTable(signal, this.#ends, table, at, step);
    return found;
  }

  /** The present plan if it fits the table's present shape; otherwise a plan for what an earlier worker left to do. */
  #planned(schema: TableSchema, { position, tables }: CheckProgress, key: TableKey): Plan {
    const shape = shapeOf(schema);
    if (this.#plan?.table === key && this.#plan.shape === shape) return this.#plan;
    const after = position?.table === key && position.shape === shape ? readEnd(position.after, schema) : undefined;
    const before = after === undefined ? NOTHING_COMPARED : (tables[key] ?? NOTHING_COMPARED);
    const comparison = new RangesComparison(after, () => this.#session.deps.clock.now());
    this.#estimated = 0;
    this.#plan = { table: key, shape, known: before, comparison };
    return this.#plan;
  }

  async #page(schema: TableSchema, at: Pin, after: KeyPosition | undefined): Promise<RangePage> {
    const { source } = this.#ends;
    const { chunkRows, chunkBytes } = this.#session.record.spec.options;
    const size = { rows: Math.min(CHUNK_ROWS, chunkRows), bytes: Math.min(CHUNK_BYTES, chunkBytes) };
    const page = await source.planPage(schema, at, size, { after, most: PAGE_RANGES });
    if (!page.isLast && this.#estimated === 0) {
      this.#estimated = Math.ceil((await source.countRows(schema.table, at)) / size.rows);
    }
    return page;
  }
}

function keptEnd(end: KeyPosition | undefined): string | undefined {
  const text = end === undefined ? undefined : encodeKeyPosition(end);
  return text !== undefined && text.length <= LONGEST_END ? text : undefined;
}

/**
 * Undefined when no worker wrote the text or the table has another key now: then the comparison starts from the
 * beginning.
 */
function readEnd(text: string | undefined, { key }: TableSchema): KeyPosition | undefined {
  const end = text === undefined ? undefined : decodeKeyPosition(text);
  return end?.length === key.length ? end : undefined;
}

/** The table was dropped, renamed, or left out since the user asked for the check. */
const gone = (progress: CheckProgress, key: TableKey): CheckProgress =>
  withDone(
    progress,
    key,
    failedTable(progress.tables[key] ?? NOTHING_COMPARED, 'SOURCE_TABLE_MISSING', `The source has no table ${key}.`),
  );

/** A short text that identifies the table's shape: its number, columns and key. */
const shapeOf = ({ id, columns, key }: TableSchema): string =>
  createHash('sha1')
    .update(JSON.stringify([id, columns, key]))
    .digest('base64')
    .slice(0, 16);
