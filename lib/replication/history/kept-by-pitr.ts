import { areaOf } from '../../task/table-selection.ts';
import { positionAt } from '../../data/position.ts';
import type { Session } from '../session/session.ts';
import type { SourceHistory } from '../endpoints/source.ts';

/**
 * Notes, for show's advice, whether a PITR covers the task's tables: then the source can tell what has changed in any window,
 * and not only what there was at its ends. Nothing else depends on it, so that a source that does not say is left alone.
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
