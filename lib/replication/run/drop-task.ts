import { isCdcError, toCdcError, type CdcError } from '../../errors.ts';
import { dropAllPins, forgetAtSink, ofAnyVersion } from './clear-leftovers.ts';
import { leftoversAt } from '../../record/leftovers.ts';
import type { Session } from '../session/session.ts';

/** How often a forced drop tries an end that does not answer, and how long it waits in between. Milliseconds. */
const CHANCES = 2;
const WAIT_MS = 1_000;

/**
 * Removes what the task keeps outside its tables: first the fence, so that an old worker that wakes up finds no row to
 * advance; then its pins, then its item. Safe to repeat from any point. A forced drop leaves behind what it cannot
 * remove.
 */
export async function carryOutDrop(session: Session): Promise<void> {
  const { connectors, store } = session.deps;
  const spec = ofAnyVersion(session.record.spec);
  const source = connectors.source(spec, session.signal);
  const sink = connectors.sink(spec, session.key.id, session.signal);
  try {
    const atSink = await cleaned(session, 'sink', () => forgetAtSink(sink, session));
    const atSource = await cleaned(session, 'source', () => dropAllPins(source, session));
    await store.remove(session.key);
    const leftBehind = [...atSink, ...atSource];
    session.log(leftBehind.length === 0 ? 'info' : 'warn', 'task.dropped', { leftBehind });
  } finally {
    await Promise.allSettled([source.close(), sink.close()]);
  }
}

/** Does the work at one end; returns what is left behind there, and why. */
async function cleaned(session: Session, end: 'source' | 'sink', work: () => Promise<void>): Promise<string[]> {
  for (let chance = 1; ; chance += 1) {
    try {
      await work();
      return [];
    } catch (thrown) {
      session.signal.throwIfAborted();
      const error = toCdcError(thrown);
      if (!session.latest.forced || !isOf(end, error)) throw error;
      if (!error.retry || chance === CHANCES) {
        return [`${leftoversAt(end, session.key.id)} (${error.code}: ${error.message})`];
      }
      await session.deps.clock.sleep(WAIT_MS, session.signal);
    }
  }
}

/**
 * True when the source or the sink itself fails. A lock does not count, since the server does answer: an old worker may
 * hold the lock, and must find its fence gone.
 */
const isOf = (end: 'source' | 'sink', error: CdcError): boolean =>
  error.code.startsWith(`${end.toUpperCase()}_`) && !isCdcError(error, 'SINK_LOCKED');
