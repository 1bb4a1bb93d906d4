import type { Clock } from '../clock.ts';
import { type News, newsOf } from '../news/task-news.ts';
import type { Announced, AnnouncementStore, EventBus } from '../store/announcements.ts';
import type { TaskStore } from '../store/task-store.ts';
import { eventOf } from './task-event.ts';

export interface AnnouncerDeps {
  readonly tasks: Pick<TaskStore, 'get'>;
  readonly announcements: AnnouncementStore;
  readonly bus: EventBus;
  readonly clock: Pick<Clock, 'now'>;
  readonly stage: string;
}

/**
 * Tells others what has become of tasks. It compares a task with what was told of it, stores the difference, and sends
 * it after that. If the process dies in between, whoever looks at the task next sends the difference, with the same ids.
 */
export class Announcer {
  readonly #deps: AnnouncerDeps;

  constructor(deps: AnnouncerDeps) {
    this.#deps = deps;
  }

  /** Tells what is new of one task. The id is needed because another task may have got the name. */
  async announce(taskName: string, taskId: string): Promise<void> {
    const { announcements, tasks, clock } = this.#deps;
    const before = await this.#sendUnsent(taskId, await announcements.get(taskId));
    // Read the task last: then it is as new as what was told, or newer, and nothing old is told as news.
    const record = await tasks.get(taskName);
    if (record?.id !== taskId) {
      if (before !== undefined) await this.#goodbye(taskId, before, clock.now());
      return;
    }
    const { told, news, isChanged } = newsOf(before?.told, record, clock.now());
    if (!isChanged) return;
    const next = { version: (before?.version ?? 0) + 1, told, unsent: news };
    // Whoever was faster has told the same, or will.
    if (await announcements.save(taskId, next, next.version - 1)) await this.#sendUnsent(taskId, next);
  }

  async #sendUnsent(taskId: string, found: Announced | undefined): Promise<Announced | undefined> {
    if (found === undefined || found.unsent.length === 0) return found;
    await this.#deps.bus.send(found.unsent.map((news) => this.#event(taskId, found, news)));
    const sent = { ...found, unsent: [] };
    await this.#deps.announcements.save(taskId, sent, found.version);
    return sent;
  }

  /** Send first: what is stored says until then that the task was there. */
  async #goodbye(taskId: string, before: Announced, now: number): Promise<void> {
    const last = { ...before, version: before.version + 1 };
    await this.#deps.bus.send([this.#event(taskId, last, { kind: 'dropped', at: now })]);
    await this.#deps.announcements.remove(taskId, before.version);
  }

  #event(taskId: string, { told, version }: Announced, news: News) {
    return eventOf(news, { id: taskId, name: told.name }, version, this.#deps.stage);
  }
}
