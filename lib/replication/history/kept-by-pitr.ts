import { areaOf } from '../../task/table-selection.ts';
import { positionAt } from '../../data/position.ts';
import type { Session } from '../session/session.ts';
import type { SourceHistory } from '../endpoints/source.ts';

/**
 * Notes whether a PITR covers the task's tables, for the advice that `show` gives: the source can then compute the
 * changes of any window, and not only read its two ends. Nothing else depends on it, so ignore a source that cannot
 * tell.
 */
export async function noteKeptByPitr(session: Session, source: SourceHistory): Promise<void> {
  const { spec } = session.record;
  if (spec.options.changeReader === 'compare') return;
  let reach: number | undefined;
  try {
    reach = await source.pitrReach(positionAt(session.deps.clock.now()), areaOf(spec), undefined);
  } catch {
    session.signal.throwIfAborted();
    return;
  }
  const keptByPitr = reach !== undefined;
  if (keptByPitr !== session.progress.keptByPitr) await session.advance({ keptByPitr });
}
