import type { LeaseKey } from '../store/task-store.ts';
import type { TaskItem } from './items/task-key.ts';

/**
 * The two parts of an item that a worker writes whole. The lease keeps the number of the last write to each, in the
 * attribute named here.
 */
export type Ordered = 'progressWrite' | 'errorWrite';

/**
 * True for the first write of a lease, and then only for newer writes. A repeat of the stored write changes nothing.
 */
export const newerThanStored = (part: Ordered): string =>
  `(attribute_not_exists(#lease.#${part}) OR #lease.#${part} < :number)`;

/**
 * Numbers a worker's writes, so that they apply in order. If a request was given up and repeated, it may still arrive
 * after later ones of the same epoch. The lease keeps the number of the last write. Numbers begin anew with each lease;
 * without a lease nothing is written.
 */
export class WriteOrder {
  #last = 0;
  readonly #progress = new Map<string, ProgressWrites>();

  next(): number {
    this.#last += 1;
    return this.#last;
  }

  /** Runs one write of progress, and gives it its number. */
  async during<T>(key: LeaseKey, write: (number: number) => Promise<T>): Promise<T> {
    const writes = this.#progress.get(nameOf(key)) ?? { underWay: 0, doubtful: 0 };
    this.#progress.set(nameOf(key), writes);
    const number = this.next();
    writes.underWay += 1;
    // Once this write is stored, its number keeps out all older ones.
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
   * The number to write so that failed writes which may still arrive are refused. Undefined if there are no such
   * writes. Undefined, too, while other writes are under way, because the number would refuse those as well.
   */
  toSettle(key: LeaseKey): number | undefined {
    const writes = this.#progress.get(nameOf(key));
    return writes === undefined || writes.underWay > 0 ? undefined : this.next();
  }

  /** The store has this number or a newer one, or the lease has another holder. */
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

/**
 * The writes of one lease: how many are under way, and the number of the last failed write that may still arrive (0 if
 * none).
 */
interface ProgressWrites {
  underWay: number;
  doubtful: number;
}

const nameOf = ({ id, epoch }: LeaseKey): string => `${id}/${epoch}`;

/** Has this request, or a newer one of the same lease, written the part? */
export function isWritten(item: TaskItem, part: Ordered, number: number): boolean {
  const lease = item['lease'] as Readonly<Record<string, unknown>> | undefined;
  const stored = lease?.[part];
  return typeof stored === 'number' && stored >= number;
}
