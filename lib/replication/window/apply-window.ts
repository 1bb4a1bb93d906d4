import type { CdcError } from '../../errors.ts';
import { isKeyless } from '../../data/change.ts';
import type { ComparedTables } from '../tables/compared-tables.ts';
import type { Endpoints } from '../tables/endpoints.ts';
import { makeSureHeld } from '../history/pins.ts';
import type { Window } from '../../data/position.ts';
import { explainedAmong } from '../endpoints/explained-refusal.ts';
import { everyRow } from '../compare/replace-table.ts';
import type { Changes } from '../../data/row-block.ts';
import type { Session } from '../session/session.ts';
import type { BatchMode } from '../endpoints/sink.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';
import { attributeItemsTo } from '../../data/table-error.ts';
import { transactionLimits } from '../chunks/transaction-limits.ts';
import { WindowPace } from '../large/window-pace.ts';
import { WindowWriter } from './window-writer.ts';

/** How to read the changes of a window. */
export interface WayOfReading {
  /** True when an earlier attempt at this window may have written a part of it. */
  readonly begun: boolean;
  /** True when an earlier attempt at this window did not get to its end. */
  readonly resumed: boolean;
  /** Collects the tables that are compared. */
  readonly compared: ComparedTables;
  /** Makes sure that the store has the window, before a part of it is committed. */
  readonly store: () => Promise<void>;
}

/**
 * Applies one window; returns the number of changes. It uses one transaction where the task's limits allow, and splits
 * a larger window. If unique keys could clash between the parts of a split window, all deletions come first. Every part
 * is safe to repeat, since each reading of a window gives the same changes: a pass, even one of another worker, inserts
 * exactly what an earlier pass deleted. Tables without a key come first; each is replaced within a transaction.
 * `batches`: transactions of this window that are already committed.
 */
export async function applyWindow(
  session: Session,
  ends: Endpoints,
  tables: readonly SinkTable[],
  window: Window,
  number: number,
  batches: number,
  { begun, resumed, compared, store }: WayOfReading,
): Promise<number> {
  const limits = await transactionLimits(session, ends);
  const keyless = tables.filter(({ schema }) => isKeyless(schema));
  const keyed = tables.filter(({ schema }) => !isKeyless(schema));
  const mayClash = keyed.some((table) => table.schema.hasUniqueKeys);
  // An earlier attempt may have deleted rows as the diff told: read by the diff again, not by a comparison.
  const first = begun && mayClash ? 'steady' : 'quick';
  const read = (table: SinkTable, mode: BatchMode): AsyncIterable<Changes> => {
    if (isKeyless(table.schema)) return everyRow(ends.source, table, window.until);
    const reading = mode === 'replace' ? first : compared.has(table.schema.table) ? 'compared' : 'steady';
    const told = (error: CdcError): void => {
      compared.note(table.schema.table, error);
    };
    return ends.source.readChanges(table.schema, window, { reading, compared: told });
  };
  const pace = new WindowPace(session, ends.source, { window, tables, begun: resumed });
  const pass = async (
    mode: BatchMode,
    split: boolean,
    written: readonly SinkTable[],
    from: number,
    last: boolean,
  ): Promise<WindowWriter> => {
    const writer = new WindowWriter(ends.sink, limits, number, mode, split, from, store);
    try {
      for (const table of written) {
        for await (const changes of attributeItemsTo(table.schema.table, read(table, mode))) {
          session.signal.throwIfAborted();
          if (!(await writer.add(table, changes))) return writer;
          await pace.wrote(changes.length);
        }
      }
      // The fence may say that the window is applied only if history was held while we read all of it.
      if (last) await makeSureHeld(session, ends.source, window.until);
      if (last) await writer.finish({ checkpoint: window.until, saves: session.progress.saves });
      else await writer.pause();
    } catch (error) {
      await writer.rollback();
      throw await explainedAmong(ends.sink, error, written, (table) => read(table, mode));
    }
    return writer;
  };

  const whole = await pass('replace', !mayClash, [...keyless, ...keyed], batches, true);
  if (whole.complete) return whole.changes;
  session.log('info', 'window.split', { window: number });
  const replaced = keyless.length === 0 ? undefined : await pass('replace', true, keyless, batches, false);
  pace.begins(2);
  const deleted = await pass('delete', true, keyed, replaced?.batches ?? batches, false);
  pace.begins(1);
  const inserted = await pass('insert', true, keyed, deleted.batches, true);
  return (replaced?.changes ?? 0) + inserted.changes;
}
