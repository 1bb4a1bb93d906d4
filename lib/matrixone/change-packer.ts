import { ChangeBlock, DELETED, NOT_DELETED, RowBlock } from '../replication/row-block.ts';

const BLOCK_BYTES = 128 * 1024;
const MARK_BYTES = 2;

/** Packs changes, each made of bytes of packed values, into blocks of their own. */
export class ChangePacker {
  readonly #columns: number;
  #bytes = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #used = 0;
  #changes = 0;

  /** `columns`: values of a row. */
  constructor(columns: number) {
    this.#columns = columns;
  }

  /** Takes in one change; returns the block before it, once it is full. */
  add(deleted: boolean, row: Buffer, start: number, end: number): ChangeBlock | undefined {
    const size = MARK_BYTES + end - start;
    const full = this.#used + size > this.#bytes.length ? this.take() : undefined;
    if (size > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(size);
    const mark = deleted ? DELETED : NOT_DELETED;
    this.#bytes[this.#used] = mark.length;
    mark.copy(this.#bytes, this.#used + 1);
    row.copy(this.#bytes, this.#used + MARK_BYTES, start, end);
    this.#used += size;
    this.#changes += 1;
    return full;
  }

  /** What is left. */
  take(): ChangeBlock | undefined {
    if (this.#changes === 0) return undefined;
    const rows = new RowBlock(this.#bytes.subarray(0, this.#used), this.#changes, this.#columns + 1);
    this.#bytes = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#used = 0;
    this.#changes = 0;
    return new ChangeBlock(rows);
  }
}
