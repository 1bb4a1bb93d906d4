import { pinPrefix } from './position.ts';
import type { Session } from './session.ts';

/**
 * Removes what the task keeps outside its tables: the fence first (an old worker that wakes up now finds no row to
 * advance), then its pins, then its item. Safe to repeat from any point.
 */
export async function dropTask(session: Session): Promise<void> {
  const { connectors, store, log } = session.deps;
  const source = connectors.source(session.record.spec, session.signal);
  const sink = connectors.sink(session.record.spec, session.key.id, session.signal);
  try {
    await sink.forget(session.key.epoch);
    for (const pin of await source.pins(pinPrefix(session.key.id))) await source.dropPin(pin.name);
    await store.remove(session.key);
    log('info', 'task.dropped', session.logFields);
  } finally {
    await Promise.allSettled([source.close(), sink.close()]);
  }
}
