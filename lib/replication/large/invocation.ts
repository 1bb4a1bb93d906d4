import { isWithoutCopy } from '../../task/task.ts';
import type { Session } from '../session/session.ts';

/** Every question about changes may take this time. Milliseconds. */
export const SHORTEST_ASK_MS = 5_000;
/** The questions of a plan may take this share of an invocation together. */
const ASKING_SHARE = 1 / 4;
/** Nobody counts the changes of a window that is applied within this time. */
const TRY = { share: 1 / 10, atLeastMs: 2_000 };
/** A window is applied as a whole if it takes no more than this share of an invocation. */
const FITTING_SHARE = 3 / 4;

/** What a window may take of an invocation, in milliseconds. */
export interface InvocationShares {
  readonly askMs: number;
  readonly tryMs: number;
  readonly fittingMs: number;
}

/**
 * Undefined if windows of the task cannot be compared: a comparison would copy rows that a task without a load must
 * leave out.
 */
export function invocationShares({ record, begunAt, deadline }: Session): InvocationShares | undefined {
  if (isWithoutCopy(record.spec.options)) return undefined;
  const length = deadline - begunAt;
  return {
    askMs: Math.max(SHORTEST_ASK_MS, ASKING_SHARE * length),
    tryMs: Math.max(TRY.atLeastMs, TRY.share * length),
    fittingMs: FITTING_SHARE * length,
  };
}
