import type { Ends } from './ends.ts';
import type { Window } from './position.ts';
import type { Session } from './session.ts';
import type { BatchMode, SinkTable } from './sink.ts';
import { itemsOfTable } from './table-error.ts';
import { WindowWriter } from './window-writer.ts';

/**
 * Applies one window; returns the number of changes. In one transaction where the task's limits allow. A larger one is
 * split: where unique keys could clash between the parts, all deletions go first; every part may safely be repeated,
 * for the changes of a window are always the same. `batches`: transactions of this window that came before.
 */
export async function applyWindow(
  session: Session,
  ends: Ends,
  tables: readonly SinkTable[],
  window: Window,
  number: number,
  batches: number,
): Promise<number> {
  const { options } = session.record.spec;
  const mayClash = tables.some((table) => table.schema.hasUniqueKeys);
  const pass = async (mode: BatchMode, split: boolean, from: number): Promise<WindowWriter> => {
    const writer = new WindowWriter(ends.sink, options, number, mode, split, from);
    try {
      for (const table of tables) {
        const read = ends.source.readChanges(table.schema, window);
        for await (const changes of itemsOfTable(table.schema.table, read)) {
          session.signal.throwIfAborted();
          if (!(await writer.add(table, changes))) return writer;
        }
      }
      if (mode !== 'delete') await writer.finish(window.until.ts);
      else await writer.pause();
    } catch (error) {
      await writer.rollback();
      throw error;
    }
    return writer;
  };

  const whole = await pass('replace', !mayClash, batches);
  if (whole.complete) return whole.changes;
  session.deps.log('info', 'window.split', { ...session.logFields, window: number });
  const deleted = await pass('delete', true, batches);
  const inserted = await pass('insert', true, deleted.batches);
  return inserted.changes;
}
