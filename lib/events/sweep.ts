import { forEachConcurrently } from '../concurrency/concurrently.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { isTold } from '../news/task-news.ts';
import type { TaskBrief } from '../record/brief/task-brief.ts';
import type { Announced, AnnouncementStore } from '../store/announcements.ts';
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
export class Sweep {
  readonly #deps: SweepDeps;
  readonly #announced: ReadonlyMap<string, Announced>;
  /** Names by id. */
  readonly #due = new Map<string, string>();

  /** Undefined when it cannot be read what was told. */
  static async begin(deps: SweepDeps): Promise<Sweep | undefined> {
    try {
      return new Sweep(deps, await deps.announcements.list());
    } catch (error) {
      deps.log('warn', 'events.failed', { error: String(error) });
      return undefined;
    }
  }

  private constructor(deps: SweepDeps, announced: ReadonlyMap<string, Announced>) {
    this.#deps = deps;
    this.#announced = announced;
    // A task that is not listed may be a new one, or one that cannot be read: the announcer looks at it again.
    for (const [id, { told }] of announced) this.#due.set(id, told.name);
  }

  see(task: TaskBrief): void {
    const found = this.#announced.get(task.id);
    if (found?.unsent.length === 0 && isTold(found.told, task, this.#deps.clock.now())) this.#due.delete(task.id);
    else this.#due.set(task.id, task.spec.name);
  }

  /** Call it once all tasks were seen. */
  async end(signal: AbortSignal): Promise<void> {
    const { announcer, log } = this.#deps;
    await forEachConcurrently([...this.#due], AT_ONCE, async ([taskId, task]) => {
      if (signal.aborted) return;
      await announcer.announce(task, taskId).catch((error: unknown) => {
        log('warn', 'events.failed', { task, taskId, error: String(error) });
      });
    });
  }
}
