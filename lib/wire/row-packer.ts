import { RowBlock } from '../data/row-block.ts';

/** Large enough that the work per block costs nothing, small enough that many blocks fit into memory. */
const BLOCK_BYTES = 128 * 1024;
const NOTHING = Buffer.alloc(0);

/** Copies rows from the driver's buffers into packed blocks. */
export class RowPacker {
  readonly #columns: number;
  #bytes = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #used = 0;
  #rows = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  /**
   * Adds a row of the text protocol, after a `head` of packed values. Returns the block before it once that block is
   * full.
   */
  add(packet: Buffer, start: number, end: number, head: Buffer = NOTHING): RowBlock | undefined {
    const size = head.length + end - start;
    const full = this.#used + size > this.#bytes.length ? this.take() : undefined;
    if (size > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(size);
    if (head.length > 0) this.#used += head.copy(this.#bytes, this.#used);
    this.#used += packet.copy(this.#bytes, this.#used, start, end);
    this.#rows += 1;
    return full;
  }

  /** Returns the rows that are left. */
  take(): RowBlock | undefined {
    if (this.#rows === 0) return undefined;
    const block = new RowBlock(this.#bytes.subarray(0, this.#used), this.#rows, this.#columns);
    this.#bytes = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#used = 0;
    this.#rows = 0;
    return block;
  }
}
