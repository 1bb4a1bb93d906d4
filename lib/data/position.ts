import { CdcError } from '../errors.ts';
import type { TableKey } from '../task/task.ts';

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
 * A point from which on history survives garbage collection. A snapshot holds it that the task keeps at the source, or
 * a PITR that covers it; then `name` is empty. A task with a start in the past begins at a snapshot that is not its
 * own, or at a time that a PITR holds.
 */
export interface Pin {
  readonly name: string;
  readonly ts: Position;
}

/** The changes in (after, until]. Both ends are pins. */
export interface Window {
  readonly after: Pin;
  readonly until: Pin;
}

/** The pending window: its number and its end, stored before any of its changes is written to the sink. */
export interface PendingWindow {
  readonly number: number;
  readonly until: Pin;
  /** The number of the selection (see TaskRecord) that is in force at its end. */
  readonly selection: number;
  /**
   * Source tables (`db.table`) that are compared with their sink tables: the source cannot compute their changes any
   * more, or they have too many of them.
   */
  readonly compared?: readonly TableKey[] | undefined;
  /** True when all tables are compared, since too many of them have too many changes. */
  readonly comparesAll?: boolean | undefined;
  /** How many workers have begun to apply parts of the window, and the epoch of the last one. */
  readonly splits?: { readonly workers: number; readonly epoch: number } | undefined;
  readonly comparison?: ComparisonProgress | undefined;
  /** True when the sink refused a row of the window. By now the source may have another row. */
  readonly refused?: boolean | undefined;
  /**
   * True when the window replaces a load or window that the sink refused. A table that the progress does not name is
   * then new to the sink.
   */
  readonly afterRefusal?: boolean | undefined;
}

/** How far the comparisons of a pending window have come. For `show` only; the plans at the sink decide. */
export interface ComparisonProgress {
  /** The source table (`db.table`) that is being compared, and how many are done of how many. */
  readonly table: TableKey;
  readonly tables: number;
  readonly tablesDone: number;
  /** Chunks of this table. */
  readonly chunks: number;
  readonly chunksDone: number;
  /** Rows of all tables that were compared, and that are to be; a table with unique keys is gone over twice. */
  readonly rows: number;
  readonly total?: number | undefined;
  /** When the present worker began, in milliseconds since 1970, and `rows` at that time. */
  readonly run: { readonly since: number; readonly rows: number };
}

/** The names of all pins of a task start with this. Lower case, since MatrixOne lower-cases unquoted snapshot names. */
export const pinPrefix = (taskId: string): string => `mo_cdc_${taskId.replaceAll('-', '')}_`;

/** The name of a pin. It contains the epoch, so that a stalled worker never uses a name of its successor. */
export const pinName = (taskId: string, epoch: number, sequence: number): string =>
  `${pinPrefix(taskId)}${epoch}_${sequence}`;

/**
 * The pin of a check before the task is created. Any worker drops it after five minutes, since it is named like a
 * barrier: if the checking process dies, no task would drop it.
 */
export const passingPinName = (taskId: string): string => `${pinPrefix(taskId)}0_barrier0`;

/** The time of a position, in whole milliseconds since 1970. */
export const positionMillis = (position: Position): number =>
  Number(BigInt(position.split('-')[0] ?? '0') / 1_000_000n);

/** The position of a time in whole milliseconds since 1970. */
export const positionAt = (millis: number): Position => (BigInt(millis) * 1_000_000n).toString() as Position;

/** True when the task made the pin, and so may drop it. */
export const isOwnPin = (taskId: string, { name }: Pin): boolean => name.startsWith(pinPrefix(taskId));

/** The epoch of the worker that made the pin. */
export const pinEpoch = (name: string): number => Number(name.split('_').at(-2));

/** True when a PITR holds the pin. Such pins differ only in their times. */
export const isHeldByPitr = ({ name }: Pin): boolean => name === '';

export const samePin = (a: Pin, b: Pin): boolean => a.name === b.name && a.ts === b.ts;
