import { forEachConcurrently } from '../concurrency/concurrently.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { newsOf } from '../news/task-news.ts';
import type { TaskRecord } from '../record/task-record.ts';
import type { AnnouncementStore } from '../store/announcements.ts';
import type { Announcer } from './announcer.ts';

interface SweepDeps {
  readonly announcer: Pick<Announcer, 'announce'>;
  readonly announcements: Pick<AnnouncementStore, 'list'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

const AT_ONCE = 8;

/**
 * Looks for everything that nobody has told yet: what a worker could not tell, what changed without a worker, and what
 * comes with time alone, such as a stall. A task that fails here is logged, and comes again with the next tick.
 */
export async function sweep(deps: SweepDeps, tasks: readonly TaskRecord[], signal: AbortSignal): Promise<void> {
  const { announcer, announcements, clock, log } = deps;
  try {
    const announced = await announcements.list();
    const now = clock.now();
    const due = new Map<string, string>();
    // A task that is not listed may be a new one, or one that cannot be read: the announcer looks at it again.
    for (const [id, { told }] of announced) due.set(id, told.name);
    for (const task of tasks) {
      const found = announced.get(task.id);
      if (found?.unsent.length === 0 && !newsOf(found.told, task, now).isChanged) due.delete(task.id);
      else due.set(task.id, task.spec.name);
    }
    await forEachConcurrently([...due], AT_ONCE, async ([taskId, task]) => {
      if (signal.aborted) return;
      await announcer.announce(task, taskId).catch((error: unknown) => {
        log('warn', 'events.failed', { task, taskId, error: String(error) });
      });
    });
  } catch (error) {
    log('warn', 'events.failed', { error: String(error) });
  }
}
