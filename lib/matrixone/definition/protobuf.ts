/** A field of a message: bytes for a text or a message, else a number. */
type Field = Buffer | bigint;

const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5];
const MORE = 0x80;

/**
 * A message of protocol buffers, by field number. MatrixOne stores parts of its catalogue in this form. Keeps unknown
 * fields, as the format demands. Throws a RangeError if the bytes are no message.
 * https://protobuf.dev/programming-guides/encoding/
 */
export class ProtoMessage {
  readonly #fields = new Map<number, Field[]>();

  constructor(bytes: Buffer) {
    for (let at = 0; at < bytes.length;) {
      const [tag, start] = varint(bytes, at);
      const [field, end] = fieldAt(bytes, start, Number(tag & 7n));
      const number = Number(tag >> 3n);
      this.#fields.set(number, [...(this.#fields.get(number) ?? []), field]);
      at = end;
    }
  }

  /** The last text in the field; '' if there is none, as the format says. */
  text(number: number): string {
    return this.texts(number).at(-1) ?? '';
  }

  texts(number: number): string[] {
    return this.#buffers(number).map((bytes) => bytes.toString('utf8'));
  }

  flag(number: number): boolean {
    const last = this.#fields.get(number)?.at(-1);
    return typeof last === 'bigint' && last !== 0n;
  }

  has(number: number): boolean {
    return this.#fields.has(number);
  }

  message(number: number): ProtoMessage | undefined {
    return this.messages(number).at(-1);
  }

  messages(number: number): ProtoMessage[] {
    return this.#buffers(number).map((bytes) => new ProtoMessage(bytes));
  }

  #buffers(number: number): Buffer[] {
    return (this.#fields.get(number) ?? []).filter((field) => Buffer.isBuffer(field));
  }
}

function fieldAt(bytes: Buffer, at: number, wire: number): [Field, number] {
  if (wire === VARINT) return varint(bytes, at);
  if (wire === FIXED64) return [bytes.readBigUInt64LE(at), at + 8];
  if (wire === FIXED32) return [BigInt(bytes.readUInt32LE(at)), at + 4];
  if (wire !== BYTES) throw new RangeError(`not a wire type: ${wire}`);
  const [length, start] = varint(bytes, at);
  const end = start + Number(length);
  if (end > bytes.length) throw new RangeError('a field goes beyond its message');
  return [bytes.subarray(start, end), end];
}

function varint(bytes: Buffer, at: number): [bigint, number] {
  let value = 0n;
  for (let i = at, shift = 0n; shift < 70n; i++, shift += 7n) {
    const byte = bytes.readUInt8(i);
    value |= BigInt(byte & (MORE - 1)) << shift;
    if (byte < MORE) return [value, i + 1];
  }
  throw new RangeError('a number of too many bytes');
}
