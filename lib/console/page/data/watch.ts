import type { TaskSummary, TaskView } from '../../../http/view/task-view-schema.ts';
import type { TaskState } from '../../../task/state-traits.ts';
import type { Trouble } from '../../trouble.ts';
import { call, type Outcome, taskPath } from './calls.ts';
import { Poller } from './poller.ts';
import { type Sample, withSample } from './samples.ts';

type Seen = TaskSummary | TaskView;

/** A state that the page has seen a task come to. */
export interface StateChange {
  readonly at: string;
  readonly from: TaskState | undefined;
  readonly to: TaskState;
}

/** What the page knows of the tasks, from asking again and again. */
export class Watch {
  endpoint = '';
  /** Undefined until the API has answered for the first time. */
  tasks: readonly TaskSummary[] | undefined;
  /** The task that the page shows in full; undefined until it is known. */
  task: TaskView | undefined;
  /** True: the API says that there is no such task. */
  isGone = false;
  trouble: Trouble | undefined;
  /** When the last answer came, in milliseconds since 1970. */
  answeredAt = 0;
  /** Since when an answer is awaited; undefined if none is. */
  askedAt: number | undefined;
  readonly #samples = new Map<string, readonly Sample[]>();
  readonly #changes = new Map<string, readonly StateChange[]>();
  readonly #states = new Map<string, TaskState>();
  readonly #listeners = new Set<() => void>();
  #name: string | undefined;
  readonly poller = new Poller(() => this.#ask());

  /** Which API the server of the page asks. That never changes. */
  async learn(): Promise<void> {
    const found = await call<{ endpoint: string }>('GET', 'about');
    if (found.ok) this.endpoint = found.value.endpoint;
    this.#tell();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks at one task in full, or at all tasks. */
  look(name: string | undefined): void {
    if (name !== this.#name) {
      this.#name = name;
      this.task = undefined;
      this.isGone = false;
    }
    this.poller.now();
  }

  /** Takes over an answer that an action has brought. */
  take(task: TaskView): void {
    this.#note(task);
    if (task.name === this.#name) this.task = task;
    this.#tell();
    this.poller.hurry();
  }

  samplesOf = ({ id }: Pick<Seen, 'id'>): readonly Sample[] => this.#samples.get(id) ?? [];

  changesOf = ({ id }: Pick<Seen, 'id'>): readonly StateChange[] => this.#changes.get(id) ?? [];

  async #ask(): Promise<boolean> {
    const name = this.#name;
    this.askedAt = Date.now();
    if (name === undefined) {
      const found = await call<{ tasks: TaskSummary[] }>('GET', 'tasks');
      if (found.ok) {
        this.tasks = found.value.tasks;
        for (const task of found.value.tasks) this.#note(task);
        this.#forget(found.value.tasks);
      }
      return this.#took(found);
    }
    const found = await call<TaskView>('GET', taskPath(name));
    // The user may have gone elsewhere meanwhile.
    if (name === this.#name) {
      if (found.ok) this.task = found.value;
      this.isGone = !found.ok && found.gone;
    }
    if (found.ok) this.#note(found.value);
    return this.#took(found);
  }

  #took(found: Outcome<unknown>): boolean {
    const isAnswered = found.ok || found.gone;
    this.askedAt = undefined;
    this.trouble = isAnswered ? undefined : found.trouble;
    if (isAnswered) this.answeredAt = Date.now();
    this.#tell();
    return isAnswered;
  }

  #note({ id, state, asOf, lagMs, rowsLoaded, rowsApplied }: Seen): void {
    const sample = { at: Date.parse(asOf), lagMs, rows: rowsLoaded + rowsApplied };
    this.#samples.set(id, withSample(this.#samples.get(id) ?? [], sample));
    const from = this.#states.get(id);
    if (from === state) return;
    this.#states.set(id, state);
    this.#changes.set(id, [...(this.#changes.get(id) ?? []), { at: asOf, from, to: state }]);
  }

  #forget(tasks: readonly TaskSummary[]): void {
    const known = new Set(tasks.map(({ id }) => id));
    for (const map of [this.#samples, this.#changes, this.#states]) {
      for (const id of map.keys()) if (!known.has(id)) map.delete(id);
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
