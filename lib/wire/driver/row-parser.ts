import type { Query } from 'mysql2';
import type { Row } from '../../data/change.ts';
import { ConnectionProblem } from './connection-problem.ts';
import { valuesOf } from './text-values.ts';

/** A packet as the driver gives it to its parser of rows. The row's bytes are those from `offset` to `end`. */
export interface RowPacket {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly end: number;
}

/**
 * Takes the rows of a query unparsed. For each set of columns mysql2 (seen in 3.24) makes a parser, stores it in
 * `_rowParser`, and calls it for each packet. Parsing would make an object of every value.
 */
export function takeRows(query: Query, take: (packet: RowPacket) => void): void {
  const parser = { next: take };
  Object.defineProperty(query, '_rowParser', { get: () => parser, set: () => undefined });
}

/** Each value is an object, and so is each row. More of them fill a worker's memory, however short they are. */
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
