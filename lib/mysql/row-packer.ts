import { RowBlock } from '../replication/row-block.ts';

/** Enough that what is done once a block costs nothing, little enough that many may be under way. */
const BLOCK_BYTES = 128 * 1024;

/** Packs rows, as they come from the driver's buffers, into blocks of their own. */
export class RowPacker {
  readonly #columns: number;
  #bytes = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #used = 0;
  #rows = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  /** Takes in a row of the text protocol; returns the block before it, once it is full. */
  add(packet: Buffer, start: number, end: number): RowBlock | undefined {
    const full = this.#used + end - start > this.#bytes.length ? this.take() : undefined;
    if (end - start > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(end - start);
    this.#used += packet.copy(this.#bytes, this.#used, start, end);
    this.#rows += 1;
    return full;
  }

  /** What is left. */
  take(): RowBlock | undefined {
    if (this.#rows === 0) return undefined;
    const block = new RowBlock(this.#bytes.subarray(0, this.#used), this.#rows, this.#columns);
    this.#bytes = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#used = 0;
    this.#rows = 0;
    return block;
  }
}
