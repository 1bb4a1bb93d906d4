import { RowPacker } from '../../lib/wire/row-packer.ts';
import type { Row } from '../../lib/data/change.ts';
import type { RowBlock } from '../../lib/data/row-block.ts';

/** A row as a server sends it. */
export function textRow(row: Row): Buffer {
  return Buffer.concat(row.flatMap((value) => (value === null ? [Buffer.from([0xfb])] : [lengthOf(value), value])));
}

/** The rows packed into one or more blocks. */
export function packed(rows: readonly Row[]): RowBlock[] {
  const packer = new RowPacker(rows[0]?.length ?? 0);
  const blocks = rows.map((row) => {
    const packet = textRow(row);
    return packer.add(packet, 0, packet.length);
  });
  return [...blocks, packer.take()].filter((block) => block !== undefined);
}

function lengthOf({ length }: Buffer): Buffer {
  if (length < 0xfb) return Buffer.from([length]);
  const size = length < 1 << 16 ? 2 : length < 1 << 24 ? 3 : 8;
  const bytes = Buffer.alloc(1 + size);
  bytes[0] = size === 8 ? 0xfe : 0xfa + size;
  bytes.writeUIntLE(length, 1, Math.min(size, 6));
  return bytes;
}
