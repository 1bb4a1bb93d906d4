/** Bytes. Short enough that neither the protocol nor the driver divides it. */
export const LONGEST_PACKET = 8 * 1024 * 1024;
/** A packet of this length is followed by another one of the same statement. */
const FULL_PACKET = 0xff_ff_ff;
const COMMAND = 1;
const HEADER = 4;

/**
 * Adds blanks to a statement whose last packet would be up to three bytes short of a full one. For such a packet the
 * driver (mysql2 3.24) also counts its own header, and sends an empty packet after it. Servers take the empty packet
 * for the next command: MariaDB ends the connection, and MatrixOne 4.2.0 its whole process. With the blanks the packet
 * is full, and the empty packet is right.
 */
export function padded(sql: string): string {
  if (sql.length * 3 < FULL_PACKET - HEADER) return sql;
  const missing = FULL_PACKET - ((Buffer.byteLength(sql) + COMMAND) % FULL_PACKET);
  return missing < HEADER ? sql + ' '.repeat(missing) : sql;
}

/** Divides the pieces of a file, so that none is longer than `longest`. */
export async function* divided(pieces: AsyncIterable<Buffer>, longest: number): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    for (let start = 0; start < piece.length; start += longest) yield piece.subarray(start, start + longest);
  }
}

/** Remembers an error from making the pieces, because the driver reports it in other words. */
export async function* remember(pieces: AsyncIterable<Buffer>, failure: { error?: unknown }): AsyncGenerator<Buffer> {
  try {
    yield* pieces;
  } catch (error) {
    failure.error = error;
    throw error;
  }
}
