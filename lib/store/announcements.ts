import type { News, Told } from '../news/task-news.ts';

/** What others know of a task, and what they still have to be told. */
export interface Announced {
  /** Every change raises it, from 1. */
  readonly version: number;
  readonly told: Told;
  /** Stored before it is sent. So whoever finds it here sends it, and nothing that was stored is lost. */
  readonly unsent: readonly News[];
}

/** Keeps what was announced, apart from the tasks: it outlives them. Task ids are the keys. */
export interface AnnouncementStore {
  /** A consistent read. */
  get(taskId: string): Promise<Announced | undefined>;
  list(): Promise<ReadonlyMap<string, Announced>>;
  /**
   * Stores the next version, or what is left of the same version once it was sent. False when the stored version is
   * not `seen` (0: none is stored), or is as new already.
   */
  save(taskId: string, announced: Announced, seen: number): Promise<boolean>;
  /** Removes what is stored if it is still of that version. */
  remove(taskId: string, version: number): Promise<void>;
}

/** A message to everybody who listens. */
export interface BusEvent {
  readonly source: string;
  /** The kind of event, by which listeners choose. */
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Has an id: whoever gets two of the same id ignores one. */
  readonly detail: object;
}

/** Where events are sent. Throws if any of them was not accepted; the caller sends all of them again some time. */
export interface EventBus {
  send(events: readonly BusEvent[]): Promise<void>;
}

/** Gets a hint that something about a task may have changed. Never throws, and never makes the caller wait. */
export interface ChangeListener {
  changed(taskName: string, taskId: string): void;
}
