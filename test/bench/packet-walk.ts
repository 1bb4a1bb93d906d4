const HEADER = 4;

/** A packet of MySQL's protocol: its number within the exchange, its length, and its first byte (0 if it is empty). */
export type LookAt = (sequence: number, length: number, first: number) => void;

/** Goes from packet to packet by their headers, however the bytes are cut into pieces; the rest is passed over. */
export class PacketWalk {
  readonly #look: LookAt;
  /** A header, and the byte after it, of which the last piece had only the beginning. */
  #partial: Buffer = Buffer.alloc(0);
  /** Bytes of the packet under way that are still to come. */
  #left = 0;

  constructor(look: LookAt) {
    this.#look = look;
  }

  take(piece: Buffer): void {
    const data = this.#partial.length > 0 ? Buffer.concat([this.#partial, piece]) : piece;
    let at = this.#left;
    while (at + HEADER <= data.length) {
      const length = data.readUIntLE(at, 3);
      if (length > 0 && at + HEADER === data.length) break;
      this.#look(data[at + HEADER - 1] ?? 0, length, length === 0 ? 0 : (data[at + HEADER] ?? 0));
      at += HEADER + length;
    }
    this.#left = Math.max(0, at - data.length);
    this.#partial = at < data.length ? Buffer.from(data.subarray(at)) : Buffer.alloc(0);
  }
}
