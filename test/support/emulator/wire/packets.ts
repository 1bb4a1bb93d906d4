import type { MatrixOneError } from '../matrixone-error.ts';

export const HEADER_BYTES = 4;
/** A packet of this length continues in the next one. */
export const MAX_LENGTH = 0xffffff;

export const COMMAND = { initDb: 0x02, query: 0x03 } as const;
export const RESPONSE = { ok: 0x00, localInfile: 0xfb, error: 0xff } as const;

export interface PacketStart {
  readonly length: number;
  readonly sequence: number;
  /** The first byte of the payload; undefined if the packet is empty. */
  readonly first: number | undefined;
}

export interface Packet {
  readonly sequence: number;
  readonly payload: Buffer;
}

export const encodePacket = (sequence: number, payload: Buffer): Buffer => {
  if (payload.length >= MAX_LENGTH) throw new Error('the emulator writes no packets of 16 MiB');
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUIntLE(payload.length, 0, 3);
  header.writeUInt8(sequence & 0xff, 3);
  return Buffer.concat([header, payload]);
};

export const encodeError = (sequence: number, error: MatrixOneError): Buffer => {
  const head = Buffer.alloc(3);
  head.writeUInt8(RESPONSE.error, 0);
  head.writeUInt16LE(error.errno, 1);
  return encodePacket(sequence, Buffer.concat([head, Buffer.from(`#${error.sqlState}${error.message}`)]));
};

export interface ServerError {
  readonly errno: number;
  readonly sqlState: string;
  readonly message: string;
}

export const decodeError = (payload: Buffer): ServerError => {
  const errno = payload.readUInt16LE(1);
  const text = payload.toString('utf8', 3);
  return text.startsWith('#')
    ? { errno, sqlState: text.slice(1, 6), message: text.slice(6) }
    : { errno, sqlState: 'HY000', message: text };
};
