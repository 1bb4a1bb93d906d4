/** Below what the protocol, and the driver, would divide into several. */
export const LONGEST_PACKET = 8 * 1024 * 1024;
/** The length of a packet that is followed by another one of the same statement. */
const FULL_PACKET = 0xff_ff_ff;
const COMMAND = 1;
const HEADER = 4;

/**
 * Of statements whose last packet is up to three bytes short of a full one, the driver (mysql2 3.24) counts its own
 * header too, and sends an empty packet after them. Servers take that for the next command: MariaDB ends the connection,
 * MatrixOne 4.2.0 its whole process. Blanks at the end make the packet a full one, which an empty one has to follow.
 */
export function padded(sql: string): string {
  if (sql.length * 3 < FULL_PACKET - HEADER) return sql;
  const missing = FULL_PACKET - ((Buffer.byteLength(sql) + COMMAND) % FULL_PACKET);
  return missing < HEADER ? sql + ' '.repeat(missing) : sql;
}

/** The pieces of a file, none of them longer than a packet may be. */
export async function* divided(pieces: AsyncIterable<Buffer>, longest: number): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    for (let start = 0; start < piece.length; start += longest) yield piece.subarray(start, start + longest);
  }
}

/** What goes wrong in the making of the pieces is kept: the driver tells of it in words of its own. */
export async function* remember(pieces: AsyncIterable<Buffer>, failure: { error?: unknown }): AsyncGenerator<Buffer> {
  try {
    yield* pieces;
  } catch (error) {
    failure.error = error;
    throw error;
  }
}
