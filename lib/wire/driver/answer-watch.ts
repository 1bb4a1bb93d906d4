import { ConnectionProblem } from './connection-problem.ts';
import { endOfLength, endOfValues } from './text-values.ts';

/**
 * The expected answer: one as a whole, rows one after the other, or one as a whole after the server asks for a file.
 */
export type Expected = 'answer' | 'rows' | 'file';

const OK = 0x00;
const FILE_WANTED = 0xfb;
const EOF = 0xfe;
const ERROR = 0xff;
/** An EOF is shorter than any row that begins with the same byte. */
const EOF_BYTES = 9;
const MORE_RESULTS = 8;
/** More columns than a table of any server has. */
const MOST_COLUMNS = 20_000;
/** Texts that describe a column: catalogue, database, table and its name, column and its name. */
const COLUMN_TEXTS = 6;
const COLUMN_BYTES = 13;
/** More bytes than six names take, and than the text of any error. */
const LONGEST_WORDS = 64 * 1024;

/**
 * Checks the packets of each answer before the driver gets them. The driver trusts the server: it would accept several
 * results for one statement, send a file that nobody has offered, and read values beyond the end of a row.
 */
export class AnswerWatch {
  #state: 'nothing' | 'header' | 'columns' | 'rows' | 'file' = 'nothing';
  #expected: Expected = 'answer';
  #columns = 0;
  #described = 0;

  begin(expected: Expected): void {
    this.#state = 'header';
    this.#expected = expected;
  }

  /** Have the descriptions of columns ended, so that rows are coming? */
  get inRows(): boolean {
    return this.#state === 'rows';
  }

  /**
   * Throws a ConnectionProblem if this packet must not come now. `extraTexts`: further texts that describe each column.
   */
  packet(bytes: Buffer, start: number, end: number, extraTexts: number): void {
    const first = start < end ? bytes[start] : undefined;
    if (first === ERROR) {
      if (end - start > LONGEST_WORDS) throw surprise('its error is longer than any');
      // If no statement is under way, the server says goodbye.
      this.#state = 'nothing';
      return;
    }
    switch (this.#state) {
      case 'nothing':
        throw surprise('it says something that nobody has asked for');
      case 'header':
        this.#header(bytes, start, end);
        return;
      case 'columns':
        this.#column(bytes, start, end, extraTexts);
        return;
      case 'rows':
        if (isEof(first, start, end)) this.#end(bytes, start + 3, end);
        else if (endOfValues(bytes, start, end, this.#columns) !== end) throw surprise('it sends a row that is none');
        return;
      case 'file':
        if (first !== OK) throw surprise('it answers neither yes nor no to a file');
        this.#ok(bytes, start, end);
    }
  }

  #header(bytes: Buffer, start: number, end: number): void {
    const first = start < end ? bytes[start] : undefined;
    if (first === OK) {
      this.#ok(bytes, start, end);
    } else if (first === FILE_WANTED) {
      if (this.#expected !== 'file') throw surprise('it asks for a file that it was not offered');
      this.#state = 'file';
    } else {
      const after = endOfLength(bytes, start, end);
      const columns = after === undefined || after.end !== end ? 0 : after.length;
      if (columns < 1 || columns > MOST_COLUMNS) throw surprise('it begins an answer as none begins');
      [this.#state, this.#columns, this.#described] = ['columns', columns, 0];
    }
  }

  #column(bytes: Buffer, start: number, end: number, extraTexts: number): void {
    if (this.#described === this.#columns) {
      if (!isEof(bytes[start], start, end)) throw surprise('it describes more columns than it has announced');
      this.#state = 'rows';
      return;
    }
    const after = endOfValues(bytes, start, end, COLUMN_TEXTS + extraTexts);
    const isNone = after === undefined || after + COLUMN_BYTES > end || end - start > LONGEST_WORDS;
    if (isNone) throw surprise('it describes a column as none is described');
    this.#described += 1;
  }

  /** An OK has its first byte, two numbers, and then the status. */
  #ok(bytes: Buffer, start: number, end: number): void {
    const affected = endOfLength(bytes, start + 1, end);
    const inserted = affected === undefined ? undefined : endOfLength(bytes, affected.end, end);
    this.#end(bytes, inserted?.end ?? end, end);
  }

  #end(bytes: Buffer, status: number, end: number): void {
    if (status + 2 > end) throw surprise('it ends an answer as none ends');
    if ((bytes.readUInt16LE(status) & MORE_RESULTS) !== 0) throw surprise('it gives several results to one statement');
    this.#state = 'nothing';
  }
}

const isEof = (first: number | undefined, start: number, end: number): boolean =>
  first === EOF && end - start < EOF_BYTES;

const surprise = (what: string): ConnectionProblem => new ConnectionProblem('answer', `${what}.`);
