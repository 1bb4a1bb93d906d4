import { leftoversAt } from '../../record/leftovers.ts';
import type { TaskSpec } from '../../task/task.ts';
import { pinPrefix } from '../../data/position.ts';
import type { HeldLease, Session } from '../session/session.ts';
import type { SinkFence } from '../endpoints/sink.ts';
import type { SourceHistory } from '../endpoints/source.ts';

/** A worker that has lost its task has little time left, and nobody waits for it. Milliseconds. */
const LEFTOVERS_TIMEOUT_MS = 5_000;
const TRIES = 3;
const WAIT_MS = 500;

/** The same task for any version of the servers: a server may have been upgraded, and must be cleaned all the same. */
export const ofAnyVersion = (spec: TaskSpec): TaskSpec => ({
  ...spec,
  options: { ...spec.options, allowUntestedVersion: true },
});

/** Deletes what the task keeps at its sink beside the tables, unless a higher epoch holds it. */
export const forgetAtSink = (sink: SinkFence, { key }: HeldLease): Promise<void> => sink.forget(key.epoch);

/** Drops all pins of the task, no matter which worker made them. */
export async function dropAllPins(source: SourceHistory, { key }: HeldLease): Promise<void> {
  for (const pin of await source.pins(pinPrefix(key.id))) await source.dropPin(pin.name);
}

/**
 * The last step of a worker that has lost its task. While the worker was frozen, the task may have been dropped and
 * cleaned up. After that, the worker may have taken over the fence or made a pin, which nobody else will look for. If
 * the task still exists, leave it alone: its next worker or its own drop removes the pins.
 */
export async function clearLeftovers(session: Session): Promise<void> {
  const { deps, key, record } = session;
  try {
    // This worker made all it made before this look: a later drop finds it.
    if (!(await deps.store.isDropped(key))) return;
  } catch (error) {
    session.log('warn', 'task.leftovers', { error: String(error) });
    return;
  }
  // The session's connections are closed and its signal is aborted, so open new ones.
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

async function cleared(session: Session, end: 'source' | 'sink', work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (tries === TRIES) {
        const leftBehind = leftoversAt(end, session.key.id);
        session.log('warn', 'task.leftovers', { leftBehind, error: String(error) });
        return;
      }
      await session.deps.clock.sleep(WAIT_MS);
    }
  }
}
