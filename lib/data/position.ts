import { CdcError } from '../errors.ts';

declare const POSITION: unique symbol;

/** A MatrixOne timestamp in nanoseconds. A string: it exceeds 2^53 and may carry a logical part (`nanoseconds-logical`). */
export type Position = string & { readonly [POSITION]: true };

export const isPosition = (text: string): text is Position => /^\d+(?:-\d+)?$/u.test(text);

/** The text of a source as a position; SOURCE_ANSWER where it is none. */
export function position(text: string): Position {
  if (isPosition(text)) return text;
  throw new CdcError('SOURCE_ANSWER', `The source gave "${text.slice(0, 80)}" as a time of its own.`);
}

/**
 * A point whose history survives garbage collection from `ts` on: by a snapshot that the task keeps at the source, or
 * (`name` is empty then) by a PITR that covers it. A task with a start in the past begins at a snapshot that is not its
 * own, or at a time that a PITR holds.
 */
export interface Pin {
  readonly name: string;
  readonly ts: Position;
}

/** The changes in (after, until]: half-open, both ends pinned. */
export interface Window {
  readonly after: Pin;
  readonly until: Pin;
}

/** A window under way: its number and its upper end, stored before anything of it is written. */
export interface PendingWindow {
  readonly number: number;
  readonly until: Pin;
  /** The selection (see TaskRecord) that holds at its end. */
  readonly selection: number;
  /** Source tables (`db.table`) whose changes the source knows no more: compared with their sink tables. */
  readonly compared?: readonly string[] | undefined;
  /** Has the sink refused a row of it? By now the source may have another one. */
  readonly refused?: boolean | undefined;
  /** Does it take the place of what the sink has refused? A table that the progress does not name is then new to the sink. */
  readonly afterRefusal?: boolean | undefined;
}

/** All pins of a task start with this. Lower case: MatrixOne lower-cases unquoted snapshot names. */
export const pinPrefix = (taskId: string): string => `mo_cdc_${taskId.replaceAll('-', '')}_`;

/** The epoch in the name keeps a stalled worker from making the very pin that its successor makes. */
export const pinName = (taskId: string, epoch: number, sequence: number): string =>
  `${pinPrefix(taskId)}${epoch}_${sequence}`;

/**
 * The pin of a look before the task is created. Named like a barrier, which anybody drops after five minutes: should the
 * one who looks die, there is no task that would.
 */
export const passingPinName = (taskId: string): string => `${pinPrefix(taskId)}0_barrier0`;

/** Whole milliseconds since 1970 of a position. */
export const positionMillis = (position: Position): number =>
  Number(BigInt(position.split('-')[0] ?? '0') / 1_000_000n);

/** A time of day as a position: its whole milliseconds. One from before 1970 is held by nobody. */
export const positionAt = (millis: number): Position => (BigInt(millis) * 1_000_000n).toString() as Position;

/** Did the task make the pin, so that it is the task's to drop? */
export const isOwnPin = (taskId: string, { name }: Pin): boolean => name.startsWith(pinPrefix(taskId));

/** The epoch of the worker that made the pin. */
export const pinEpoch = (name: string): number => Number(name.split('_').at(-2));

/** Is it a PITR that holds it? Such pins have nothing but their times to tell them apart. */
export const isHeldByPitr = ({ name }: Pin): boolean => name === '';

export const samePin = (a: Pin, b: Pin): boolean => a.name === b.name && a.ts === b.ts;
