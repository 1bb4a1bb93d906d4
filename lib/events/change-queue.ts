import { withTimeout } from '../concurrency/with-timeout.ts';
import type { Log } from '../log.ts';
import type { ChangeListener } from '../store/announcements.ts';
import type { Announcer } from './announcer.ts';

/**
 * Announces in the background, one look at a time. A hint that comes during a look causes one more look. A failure is
 * only logged: the next hint or the next tick makes up for it.
 */
export class ChangeQueue implements ChangeListener {
  readonly #announcer: Pick<Announcer, 'announce'>;
  readonly #log: Log;
  readonly #due = new Map<string, string>();
  #working: Promise<void> | undefined;

  constructor(announcer: Pick<Announcer, 'announce'>, log: Log) {
    this.#announcer = announcer;
    this.#log = log;
  }

  changed(taskName: string, taskId: string): void {
    this.#due.set(taskId, taskName);
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Waits until everything is announced, but not longer. Lambda freezes a process after its answer. */
  async settled(milliseconds: number): Promise<void> {
    if (this.#working !== undefined) await withTimeout(this.#working, Math.max(0, milliseconds));
  }

  async #work(): Promise<void> {
    for (let [next] = this.#due; next !== undefined; [next] = this.#due) {
      const [taskId, task] = next;
      this.#due.delete(taskId);
      try {
        await this.#announcer.announce(task, taskId);
      } catch (error) {
        this.#log('warn', 'events.failed', { task, taskId, error: String(error) });
      }
    }
  }
}
