import type { Query } from 'mysql2';
import type { Row } from '../../data/change.ts';
import { ConnectionProblem } from './connection-problem.ts';
import { valuesOf } from './text-values.ts';

/** What the driver hands to its parser of rows: a row's bytes are those from `offset` to `end`. */
export interface RowPacket {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly end: number;
}

/**
 * Has the rows of a query handed over as they are. mysql2 (seen in 3.24) makes a parser for each set of columns and keeps
 * it in `_rowParser`, where it asks it for the row in each packet; parsing to values would make an object of every one.
 */
export function takeRows(query: Query, take: (packet: RowPacket) => void): void {
  const parser = { next: take };
  Object.defineProperty(query, '_rowParser', { get: () => parser, set: () => undefined });
}

/** Each is an object, as is a row: more of them fill the memory of a worker, however short they are. */
const MOST_VALUES = 1_000_000;

/** The rows of an answer that is held as a whole. */
export class HeldRows {
  readonly rows: Row[] = [];
  columns = 0;
  #values = 0;

  add({ buffer, offset, end }: RowPacket): void {
    this.#values += this.columns + 1;
    if (this.#values > MOST_VALUES) {
      throw new ConnectionProblem('answer', `it answers with more than ${MOST_VALUES} values.`);
    }
    this.rows.push(valuesOf(buffer, offset, end, this.columns));
  }
}
