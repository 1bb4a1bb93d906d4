/** A field of a protocol buffers message: a text, a message, or a number. */
type Field = readonly [number: number, value: string | Buffer | boolean];

/** Writes what lib/matrixone/definition/protobuf.ts reads. The format leaves out empty texts and false. */
export const message = (...fields: readonly Field[]): Buffer =>
  Buffer.concat(fields.filter(([, value]) => value !== '' && value !== false).map(written));

function written([number, value]: Field): Buffer {
  if (typeof value === 'boolean') return Buffer.concat([varint(number << 3), varint(1)]);
  const bytes = Buffer.from(value as never);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(number: number): Buffer {
  const bytes: number[] = [];
  for (let rest = number; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}
