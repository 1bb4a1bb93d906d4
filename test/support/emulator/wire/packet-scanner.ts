import { HEADER_BYTES, MAX_LENGTH, type Packet, type PacketStart } from './packets.ts';

/** Bytes to pass on unchanged, or a whole packet that was asked for. */
export type Piece = { readonly pass: Buffer } | { readonly packet: Packet };

const EMPTY = Buffer.alloc(0);

/**
 * Cuts a byte stream at the borders of packets. It gathers the packets that `wants` asks for. All other bytes flow
 * through in pieces as large as they came. It calls `wants` once for each packet, after the caller has consumed the
 * packets gathered before.
 */
export class PacketScanner {
  readonly #wants: (start: PacketStart) => boolean;
  /** A header with its first payload byte, of which a part is still to come. */
  #held: Buffer = EMPTY;
  #gathering: { readonly sequence: number; readonly parts: Buffer[] } | undefined;
  /** Payload bytes still to come of the present packet. */
  #missing = 0;
  #continued = false;

  constructor(wants: (start: PacketStart) => boolean) {
    this.#wants = wants;
  }

  *scan(chunk: Buffer): Generator<Piece> {
    const data = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = EMPTY;
    let from = 0;
    let at = 0;
    while (at < data.length || this.#gatheredAll()) {
      if (this.#gathering !== undefined) {
        if (at > from) yield { pass: data.subarray(from, at) };
        from = at = this.#gather(data, at);
        const packet = this.#gathered();
        if (packet !== undefined) yield { packet };
        continue;
      }
      if (this.#missing === 0) {
        const start = startAt(data, at);
        if (start === undefined) break;
        if (this.#begin(start)) {
          if (at > from) yield { pass: data.subarray(from, at) };
          from = at = at + HEADER_BYTES;
          continue;
        }
        at += HEADER_BYTES;
      }
      at += this.#skip(data.length - at);
    }
    if (at > from) yield { pass: data.subarray(from, at) };
    this.#held = data.subarray(at);
  }

  /** True if the packet is to be gathered. */
  #begin(start: PacketStart): boolean {
    const wanted = !this.#continued && this.#wants(start);
    this.#continued = start.length === MAX_LENGTH;
    this.#missing = start.length;
    this.#gathering = wanted ? { sequence: start.sequence, parts: [] } : undefined;
    return wanted;
  }

  #skip(available: number): number {
    const bytes = Math.min(this.#missing, available);
    this.#missing -= bytes;
    return bytes;
  }

  #gather(data: Buffer, at: number): number {
    const end = at + this.#skip(data.length - at);
    this.#gathering?.parts.push(data.subarray(at, end));
    return end;
  }

  #gatheredAll(): boolean {
    return this.#gathering !== undefined && this.#missing === 0;
  }

  #gathered(): Packet | undefined {
    const gathering = this.#gathering;
    if (gathering === undefined || this.#missing > 0) return undefined;
    this.#gathering = undefined;
    return { sequence: gathering.sequence, payload: Buffer.concat(gathering.parts) };
  }
}

const startAt = (data: Buffer, at: number): PacketStart | undefined => {
  if (data.length < at + HEADER_BYTES) return undefined;
  const length = data.readUIntLE(at, 3);
  if (length > 0 && data.length === at + HEADER_BYTES) return undefined;
  return {
    length,
    sequence: data.readUInt8(at + 3),
    first: length > 0 ? data.readUInt8(at + HEADER_BYTES) : undefined,
  };
};
