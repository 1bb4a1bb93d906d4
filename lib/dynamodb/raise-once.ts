import { randomUUID } from 'node:crypto';
import { readMeta } from './read-item.ts';
import type { TaskTable } from './task-table.ts';
import { type Transition, transition, type TransitionOutcome } from './transition.ts';
import type { TaskItem } from './items/task-key.ts';

/** A command that raises a number of the task, and the other attributes that it changes. */
export interface Raise {
  readonly step: string;
  readonly number: 'generation' | 'checks';
  /** The rest of the update. It must store `token` where `tokenOf` finds it in an item. */
  readonly update: string;
  readonly values: (token: string) => Readonly<Record<string, unknown>>;
  readonly tokenOf: (item: TaskItem) => unknown;
}

/**
 * Raises the number once, however often the request arrives.
 * - The SDK repeats a request if its answer was lost. By the token we know whether the stored command is ours.
 * - A request may arrive late, after other commands. Its condition then fails: the number is not the one that was read.
 * - If somebody else's command came in between, read again and raise again.
 */
export async function raiseOnce(table: TaskTable, taskName: string, raise: Raise): Promise<TransitionOutcome> {
  const token = randomUUID();
  let item = await readMeta(table, taskName);
  for (;;) {
    if (item === undefined || item['desired'] === 'dropping') return { applied: false, item };
    const outcome = await transition(table, taskName, raised(item, raise, token));
    if (outcome.applied) return outcome;
    item = outcome.item;
    if (item !== undefined && raise.tokenOf(item) === token) return { applied: true, item };
  }
}

function raised(item: TaskItem, { step, number, update, values }: Raise, token: string): Transition {
  const seen = item[number];
  const asSeen = seen === undefined ? `attribute_not_exists(#${number})` : `#${number} = :seen`;
  return {
    step,
    update: `SET #${number} = :raised, ${update}`,
    // The condition has the id because another task of the same name may have the same number.
    condition: `#id = :id AND ${asSeen} AND #desired <> :dropping`,
    values: {
      ...values(token),
      ':raised': Number(seen ?? 0) + 1,
      ':id': item['id'],
      ...(seen === undefined ? {} : { ':seen': seen }),
      ':dropping': 'dropping',
    },
  };
}
