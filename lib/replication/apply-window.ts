import { isKeyless } from './change.ts';
import type { Ends } from './ends.ts';
import { makeSureHeld } from './pins.ts';
import type { Window } from './position.ts';
import { everyRow } from './replace-table.ts';
import type { Session } from './session.ts';
import type { BatchMode, SinkTable } from './sink.ts';
import { itemsOfTable } from './table-error.ts';
import { transactionLimits } from './transaction-limits.ts';
import { WindowWriter } from './window-writer.ts';

/**
 * Applies one window; returns the number of changes. In one transaction where the task's limits allow. A larger one is
 * split: where unique keys could clash between the parts, all deletions go first; every part may safely be repeated,
 * for the changes of a window are always the same. Tables without a key come first, each replaced within a transaction.
 * `batches`: transactions of this window that came before.
 */
export async function applyWindow(
  session: Session,
  ends: Ends,
  tables: readonly SinkTable[],
  window: Window,
  number: number,
  batches: number,
): Promise<number> {
  const limits = await transactionLimits(session, ends);
  const keyless = tables.filter(({ schema }) => isKeyless(schema));
  const keyed = tables.filter(({ schema }) => !isKeyless(schema));
  const mayClash = keyed.some((table) => table.schema.hasUniqueKeys);
  const pass = async (
    mode: BatchMode,
    split: boolean,
    written: readonly SinkTable[],
    from: number,
    last: boolean,
  ): Promise<WindowWriter> => {
    const writer = new WindowWriter(ends.sink, limits, number, mode, split, from);
    try {
      for (const table of written) {
        for await (const changes of itemsOfTable(table.schema.table, changesOf(ends, table, window, mode))) {
          session.signal.throwIfAborted();
          if (!(await writer.add(table, changes))) return writer;
        }
      }
      // The sink is not to say that it is at the window's end unless all of it was read from history that was held.
      if (last) await makeSureHeld(session, ends.source);
      if (last) await writer.finish(window.until.ts);
      else await writer.pause();
    } catch (error) {
      await writer.rollback();
      throw error;
    }
    return writer;
  };

  const whole = await pass('replace', !mayClash, [...keyless, ...keyed], batches, true);
  if (whole.complete) return whole.changes;
  session.deps.log('info', 'window.split', { ...session.logFields, window: number });
  const replaced = keyless.length === 0 ? undefined : await pass('replace', true, keyless, batches, false);
  const deleted = await pass('delete', true, keyed, replaced?.batches ?? batches, false);
  const inserted = await pass('insert', true, keyed, deleted.batches, true);
  return (replaced?.changes ?? 0) + inserted.changes;
}

/** What one pass deletes, another has to insert, maybe that of another worker: these have to read the same. */
const changesOf = ({ source }: Ends, table: SinkTable, window: Window, mode: BatchMode) =>
  isKeyless(table.schema)
    ? everyRow(source, table, window.until)
    : source.readChanges(table.schema, window, mode === 'replace' ? 'quick' : 'steady');
