import { CdcError } from '../errors.ts';
import { type ErrorCode, isOfScope } from '../error-codes.ts';
import { copiesOntoItself } from '../task/database-mapping.ts';
import { maskUri } from '../task/uri/database-uri.ts';
import { complain, complaintOf, type Complaint } from '../task/rejection.ts';
import { areaOf } from '../task/table-selection.ts';
import { isWithoutCopy, type TaskSpec } from '../task/task.ts';
import type { Connectors } from '../replication/endpoints/connectors.ts';
import { describedTable } from '../replication/tables/described-table.ts';
import { notCovered } from '../replication/history/pins.ts';
import { passingPinName, type Pin, positionAt } from '../data/position.ts';
import type { SinkTable } from '../replication/endpoints/sink-tables.ts';
import { forEachConcurrently } from '../concurrency/concurrently.ts';
import type { Source } from '../replication/endpoints/source.ts';
import { TableSets } from '../replication/tables/table-set.ts';

/** How long the check of source and sink may take, and how long dropping the check's pin may take after a timeout. */
const DEADLINE_MS = 15_000;
const CLEANUP_MS = 4_000;
/** How many of the tables that the task finds itself are described: there is no time for more. */
const LOOKED_AT = 100;
const LANES = 4;

/** Is the complaint about one table, so that the other tables of the task can still be read? */
const isAboutOneTable = (code: ErrorCode): boolean => isOfScope(code, 'definition') || code === 'SOURCE_TABLE_MISSING';

export interface CheckedIds {
  /** Id of the task, which may own sink tables already. */
  readonly taskId: string;
  /**
   * Id for the check's own snapshot. It must not be the task's id, since a running worker drops snapshots of its task
   * that it does not know.
   */
  readonly pinId: string;
}

export interface Checked {
  readonly complaints: Complaint[];
  /** True when a PITR covers the tables; undefined when the check could not tell. */
  readonly keptByPitr: boolean | undefined;
}

/**
 * Checks source and sink, and returns every reason why the task could not run. Leaves nothing behind. If source or sink
 * does not answer in time, that is a complaint too.
 */
export async function preflight(
  connectors: Connectors,
  spec: TaskSpec,
  ids: CheckedIds,
  signal: AbortSignal,
  deadlineMs = DEADLINE_MS,
): Promise<Checked> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  const check = new Check(connectors, spec, ids, deadline);
  try {
    return { complaints: await check.run(), keptByPitr: check.keptByPitr };
  } finally {
    await check.close();
  }
}

class Check {
  readonly #connectors: Connectors;
  readonly #spec: TaskSpec;
  readonly #pin: string;
  readonly #signal: AbortSignal;
  readonly #source;
  readonly #sink;
  keptByPitr: boolean | undefined;

  constructor(connectors: Connectors, spec: TaskSpec, { taskId, pinId }: CheckedIds, signal: AbortSignal) {
    this.#connectors = connectors;
    this.#spec = spec;
    this.#pin = passingPinName(pinId);
    this.#signal = signal;
    this.#source = connectors.source(spec, signal);
    this.#sink = connectors.sink(spec, taskId, signal);
  }

  /** A task without a load keeps existing rows, and one that compares first repairs them, so they do no harm. */
  get #existingRows(): 'refuse' | 'replace' {
    const { options } = this.#spec;
    return isWithoutCopy(options) || options.existingRows !== 'refuse' ? 'replace' : 'refuse';
  }

  async run(): Promise<Complaint[]> {
    const [atSource, atSink] = await Promise.all([
      this.#ask('source', () => this.#source.check(areaOf(this.#spec))),
      this.#ask('sink', () => this.#sink.check([], this.#existingRows)),
    ]);
    const found = [...atSource, ...atSink];
    if (atSink.length > 0 || !atSource.every((complaint) => isAboutOneTable(complaint.code))) return found;
    const described: SinkTable[] = [];
    const unreadable = await this.#ask('source', () => this.#describe(described));
    // Do not repeat complaints of the first check of the source.
    if (atSource.length === 0) found.push(...unreadable);
    if (this.#signal.aborted) return found;
    found.push(...(await this.#ask('sink', () => this.#sink.check(described, this.#existingRows))));
    return found;
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#source.close(), this.#sink.close()]);
  }

  /** Adds the tables that can be read to `described`; returns the reasons why others cannot. */
  async #describe(described: SinkTable[]): Promise<Complaint[]> {
    const complaints: Complaint[] = [];
    try {
      const pin = await this.#source.createPin(this.#pin, areaOf(this.#spec));
      complaints.push(...(await this.#checkStart()));
      this.keptByPitr = await this.#isKeptByPitr(pin);
      // The tables are not looked at then: each would be in its own way, with advice to delete the source's rows.
      const ontoItself = (await this.#isOneServer(pin)) ? copiesOntoItself(this.#spec, true) : [];
      if (ontoItself.length > 0) return [...complaints, ...ontoItself];
      const sets = new TableSets(this.#spec, this.#source);
      const { tables } = await sets.at(pin);
      const ends = { source: this.#source, sink: this.#sink };
      await forEachConcurrently(sets.changing ? tables.slice(0, LOOKED_AT) : tables, LANES, async (mapping) => {
        complaints.push(
          ...(await this.#ask('source', async () => {
            described.push(await describedTable(ends, mapping, pin));
            return [];
          })),
        );
      });
    } finally {
      await this.#dropPin();
    }
    return complaints;
  }

  /**
   * True when source and sink are one server, whatever addresses they have. False when nobody can tell: the user may
   * not list snapshots, or a PITR holds the pin.
   */
  async #isOneServer({ name }: Pin): Promise<boolean> {
    try {
      return name !== '' && (await this.#sink.hasSnapshot(name));
    } catch {
      return false;
    }
  }

  /** For advice only: undefined when the source does not tell. */
  async #isKeptByPitr({ ts }: Pin): Promise<boolean | undefined> {
    try {
      return (await this.#source.pitrReach(ts, areaOf(this.#spec), undefined)) !== undefined;
    } catch {
      return undefined;
    }
  }

  /** The check's snapshot is visible, so everything before it is visible too. */
  async #checkStart(): Promise<Complaint[]> {
    const { startTs } = this.#spec.options;
    if (startTs === null) return [];
    const start = await this.#source.heldSince(positionAt(Date.parse(startTs)), areaOf(this.#spec));
    return start === undefined ? [complaintOf(notCovered(startTs), 'options.startTs')] : [];
  }

  /** Drops the check's snapshot even when the time is up: otherwise it would hold history at the source for ever. */
  async #dropPin(): Promise<void> {
    if (!this.#signal.aborted) {
      await this.#source.dropPin(this.#pin);
      return;
    }
    const again: Source = this.#connectors.source(this.#spec, AbortSignal.timeout(CLEANUP_MS));
    try {
      await again.dropPin(this.#pin);
    } finally {
      await again.close();
    }
  }

  async #ask(end: 'source' | 'sink', question: () => Promise<Complaint[]>): Promise<Complaint[]> {
    const [setting, uri] = end === 'source' ? ['sourceUri', this.#spec.sourceUri] : ['sinkUri', this.#spec.sinkUri];
    try {
      return await question();
    } catch (error) {
      if (this.#signal.aborted) {
        const code = end === 'source' ? 'SOURCE_UNREACHABLE' : 'SINK_UNREACHABLE';
        return [complain(code, setting, `${maskUri(uri)} did not answer in time.`)];
      }
      if (error instanceof CdcError && error.code !== 'INTERNAL') {
        return [complaintOf(error, isAboutOneTable(error.code) ? 'tables' : setting)];
      }
      throw error;
    }
  }
}
