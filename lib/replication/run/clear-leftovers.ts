import { leftoversAt } from '../../record/leftovers.ts';
import type { TaskSpec } from '../../task/task.ts';
import { pinPrefix } from '../../data/position.ts';
import type { Session } from '../session/session.ts';
import type { SinkFence } from '../endpoints/sink.ts';
import type { SourceHistory } from '../endpoints/source.ts';

/** A worker that has lost its task has little time left, and nobody who waits for it. Milliseconds. */
const LEFTOVERS_TIMEOUT_MS = 5_000;
const TRIES = 3;
const WAIT_MS = 500;

/** What a task has left is taken away from a server that was upgraded meanwhile, too. */
export const ofAnyVersion = (spec: TaskSpec): TaskSpec => ({
  ...spec,
  options: { ...spec.options, allowUntestedVersion: true },
});

/** What a task keeps at its sink beside the tables. Deleted unless a higher epoch holds it. */
export const forgetAtSink = (sink: SinkFence, { key }: Session): Promise<void> => sink.forget(key.epoch);

/** All of the task's pins, whoever made them. */
export async function dropAllPins(source: SourceHistory, { key }: Session): Promise<void> {
  for (const pin of await source.pins(pinPrefix(key.id))) await source.dropPin(pin.name);
}

/**
 * The last thing that a worker does that has lost its task. Its task may have been dropped while it was frozen, and what
 * it did first on waking up (take the fence over, make a pin) came after the drop had cleaned up: nobody else will ever
 * look for that. A task that is still there is left alone: its pins are swept by the next worker, or by its own drop.
 */
export async function clearLeftovers(session: Session): Promise<void> {
  const { deps, key, record, logFields } = session;
  try {
    // Whatever this worker has made, it made before this look: a drop that comes later finds it.
    if (!(await deps.store.isDropped(key))) return;
  } catch (error) {
    deps.log('warn', 'task.leftovers', { ...logFields, error: String(error) });
    return;
  }
  // Those of the session are closed, and its signal is aborted.
  const signal = AbortSignal.timeout(LEFTOVERS_TIMEOUT_MS);
  const spec = ofAnyVersion(record.spec);
  const source = deps.connectors.source(spec, signal);
  const sink = deps.connectors.sink(spec, key.id, signal);
  try {
    await Promise.all([
      cleared(session, 'sink', () => forgetAtSink(sink, session)),
      cleared(session, 'source', () => dropAllPins(source, session)),
    ]);
  } finally {
    await Promise.allSettled([source.close(), sink.close()]);
  }
}

async function cleared(
  { deps, key, logFields }: Session,
  end: 'source' | 'sink',
  work: () => Promise<void>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (tries === TRIES) {
        const leftBehind = leftoversAt(end, key.id);
        deps.log('warn', 'task.leftovers', { ...logFields, leftBehind, error: String(error) });
        return;
      }
      await deps.clock.sleep(WAIT_MS);
    }
  }
}
