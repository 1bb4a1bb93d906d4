import type { Progress } from '../record/progress.ts';
import type { ChangeListener } from '../store/announcements.ts';
import type { WorkerStore } from '../store/task-store.ts';

/** Gives hints after the writes of a worker that others may want to know of. Progress alone is no such write. */
export function withChangesHeard(store: WorkerStore, listener: ChangeListener): WorkerStore {
  const seen = new Map<string, string>();
  const heard = (key: { readonly name: string; readonly id: string }): void => {
    listener.changed(key.name, key.id);
  };
  return {
    acquire: async (name, lease, now) => {
      const acquired = await store.acquire(name, lease, now);
      if (acquired.outcome !== 'acquired') return acquired;
      seen.set(acquired.key.id, signOf(acquired.record.progress));
      heard(acquired.key);
      return acquired;
    },
    renew: (key, until, underWay) => store.renew(key, until, underWay),
    watch: (key) => store.watch(key),
    isDropped: (key) => store.isDropped(key),
    release: async (key) => {
      const record = await store.release(key);
      seen.delete(key.id);
      heard(key);
      return record;
    },
    saveProgress: async (key, progress, leaseUntil, adopts) => {
      const record = await store.saveProgress(key, progress, leaseUntil, adopts);
      const sign = signOf(progress);
      if (seen.get(key.id) === sign) return record;
      seen.set(key.id, sign);
      heard(key);
      return record;
    },
    saveError: async (key, error) => {
      await store.saveError(key, error);
      if (error?.retry !== true) heard(key);
    },
    remove: async (key) => {
      await store.remove(key);
      heard(key);
    },
  };
}

/** A text that changes with everything in the progress that others are told of. */
const signOf = ({ generation, phase, aside }: Progress): string =>
  JSON.stringify([generation, phase, Object.entries(aside).map(([table, { at }]) => [table, at])]);
