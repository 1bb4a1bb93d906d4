import type { LeaseKey } from '../store/task-store.ts';
import type { TaskItem } from './task-item.ts';

/** The parts of an item that a worker writes whole, by the attribute of the lease that keeps the number of the last write. */
export type Ordered = 'progressWrite' | 'errorWrite';

/** Met by the first write of a lease, and from then on by newer ones only: a repeat of what is stored has nothing to do. */
export const newerThanStored = (part: Ordered): string =>
  `(attribute_not_exists(#lease.#${part}) OR #lease.#${part} < :number)`;

/**
 * The order of a worker's writes. A request that was given up and repeated may arrive after later ones, within the same
 * epoch. So each has a number, which the lease keeps: it begins anew with every lease, and without one nothing is written.
 */
export class WriteOrder {
  #last = 0;
  readonly #progress = new Map<string, ProgressWrites>();

  next(): number {
    this.#last += 1;
    return this.#last;
  }

  /** Makes one write of progress. */
  async during<T>(key: LeaseKey, write: (number: number) => Promise<T>): Promise<T> {
    const writes = this.#progress.get(nameOf(key)) ?? { underWay: 0, doubtful: 0 };
    this.#progress.set(nameOf(key), writes);
    const number = this.next();
    writes.underWay += 1;
    // Once it is stored, this one keeps older ones out by itself.
    writes.doubtful = 0;
    try {
      return await write(number);
    } catch (error) {
      writes.doubtful = number;
      throw error;
    } finally {
      writes.underWay -= 1;
      this.#forget(key, writes);
    }
  }

  /**
   * The number that keeps out what has failed and may still arrive; none where nothing may. Nor is there one beside other
   * writes: it would keep them out, too.
   */
  toSettle(key: LeaseKey): number | undefined {
    const writes = this.#progress.get(nameOf(key));
    return writes === undefined || writes.underWay > 0 ? undefined : this.next();
  }

  /** The store has that number, or a newer one, or another holder. */
  settled(key: LeaseKey, number: number): void {
    const writes = this.#progress.get(nameOf(key));
    if (writes === undefined || writes.doubtful > number) return;
    writes.doubtful = 0;
    this.#forget(key, writes);
  }

  #forget(key: LeaseKey, { underWay, doubtful }: ProgressWrites): void {
    if (underWay === 0 && doubtful === 0) this.#progress.delete(nameOf(key));
  }
}

/** One lease's: how many are under way, and the last one that has failed and may still arrive, or 0. */
interface ProgressWrites {
  underWay: number;
  doubtful: number;
}

const nameOf = ({ id, epoch }: LeaseKey): string => `${id}/${epoch}`;

/** Has the part been written by this very request, or by a newer one of the same lease? */
export function isWritten(item: TaskItem, part: Ordered, number: number): boolean {
  const lease = item['lease'] as Readonly<Record<string, unknown>> | undefined;
  const stored = lease?.[part];
  return typeof stored === 'number' && stored >= number;
}
