import type { Announced, AnnouncementStore, BusEvent, EventBus } from '../../lib/store/announcements.ts';

/** What was announced, in memory. It copies what it gets, as a database does. */
export class MemoryAnnouncements implements AnnouncementStore {
  readonly #stored = new Map<string, Announced>();

  get(taskId: string): Promise<Announced | undefined> {
    return Promise.resolve(structuredClone(this.#stored.get(taskId)));
  }

  list(): Promise<ReadonlyMap<string, Announced>> {
    return Promise.resolve(structuredClone(this.#stored));
  }

  save(taskId: string, announced: Announced, seen: number): Promise<boolean> {
    if ((this.#stored.get(taskId)?.version ?? 0) !== seen) return Promise.resolve(false);
    this.#stored.set(taskId, structuredClone(announced));
    return Promise.resolve(true);
  }

  remove(taskId: string, version: number): Promise<void> {
    if (this.#stored.get(taskId)?.version === version) this.#stored.delete(taskId);
    return Promise.resolve();
  }
}

/** A listener that ignores an event whose id it has had already. */
export class Listener implements EventBus {
  readonly heard = new Map<string, BusEvent>();
  repeats = 0;

  send(events: readonly BusEvent[]): Promise<void> {
    for (const event of events) {
      const { id } = event.detail as { id: string };
      if (this.heard.has(id)) this.repeats += 1;
      else this.heard.set(id, event);
    }
    return Promise.resolve();
  }

  get types(): string[] {
    return [...this.heard.values()].map(({ type }) => type);
  }
}
