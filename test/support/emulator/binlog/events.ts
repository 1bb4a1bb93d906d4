import { closeSync, openSync, readSync } from 'node:fs';

export const EVENT = { query: 2, tableMap: 19, writeRows: 23, updateRows: 24, deleteRows: 25 } as const;

const HEADER_BYTES = 19;
const TYPE_AT = 4;
const LENGTH_AT = 9;

export interface BinlogEvent {
  readonly type: number;
  /** The bytes of header and body in the file. */
  readonly length: number;
  /** Reads the body. Its bytes are valid only until the next event is asked for. */
  readonly body: () => Buffer;
}

/** The events of a binary log between two positions. A body is read only when `body` is called. */
export const binlogEvents = function* (
  file: string,
  from: number,
  to: number,
  checksumBytes: number,
): Generator<BinlogEvent> {
  const descriptor = openSync(file, 'r');
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    let at = from;
    while (at + HEADER_BYTES <= to && readSync(descriptor, header, 0, HEADER_BYTES, at) === HEADER_BYTES) {
      const length = header.readUInt32LE(LENGTH_AT);
      if (length < HEADER_BYTES) throw new Error(`${file} has no event at ${at}`);
      const start = at + HEADER_BYTES;
      const body = (): Buffer => {
        const bytes = Buffer.alloc(length - HEADER_BYTES - checksumBytes);
        readSync(descriptor, bytes, 0, bytes.length, start);
        return bytes;
      };
      yield { type: header.readUInt8(TYPE_AT), length, body };
      at += length;
    }
  } finally {
    closeSync(descriptor);
  }
};

/** The database and the text of a statement that the log has as text. */
export const readQuery = (body: Buffer): { readonly database: string; readonly sql: string } => {
  const databaseLength = body.readUInt8(8);
  const variables = body.readUInt16LE(11);
  const at = 13 + variables;
  return {
    database: body.toString('utf8', at, at + databaseLength),
    sql: body.toString('utf8', at + databaseLength + 1),
  };
};
