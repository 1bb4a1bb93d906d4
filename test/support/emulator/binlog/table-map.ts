/** The layout of the rows that follow in the log. */
export interface TableMap {
  readonly name: string;
  readonly columns: readonly LoggedColumn[];
}

export interface LoggedColumn {
  readonly type: number;
  readonly metadata: number;
}

/** Reads a number of 1, 3, 4 or 9 bytes. `end` is the place after it. */
export const lengthEncoded = (bytes: Buffer, at: number): { readonly value: number; readonly end: number } => {
  const first = bytes.readUInt8(at);
  if (first < 0xfb) return { value: first, end: at + 1 };
  const size = first === 0xfc ? 2 : 3;
  return { value: bytes.readUIntLE(at + 1, size), end: at + 1 + size };
};

export const readTableMap = (body: Buffer): TableMap => {
  const databaseLength = body.readUInt8(8);
  const database = body.toString('utf8', 9, 9 + databaseLength);
  const tableAt = 9 + databaseLength + 1;
  const tableLength = body.readUInt8(tableAt);
  const table = body.toString('utf8', tableAt + 1, tableAt + 1 + tableLength);
  const count = lengthEncoded(body, tableAt + 1 + tableLength + 1);
  const types = body.subarray(count.end, count.end + count.value);
  const metadata = lengthEncoded(body, count.end + count.value);
  let at = metadata.end;
  const columns = [...types].map((type) => {
    const size = METADATA_BYTES[type] ?? 0;
    const value = size === 0 ? 0 : body.readUIntLE(at, size);
    at += size;
    return { type, metadata: value };
  });
  return { name: `${database}.${table}`, columns };
};

const METADATA_BYTES: Readonly<Record<number, number>> = {
  4: 1,
  5: 1,
  15: 2,
  16: 2,
  17: 1,
  18: 1,
  19: 1,
  246: 2,
  247: 2,
  248: 2,
  249: 1,
  250: 1,
  251: 1,
  252: 1,
  253: 2,
  254: 2,
  255: 1,
};
