import { RowPacker } from '../../../wire/row-packer.ts';
import { ChangeBlock, DELETED, NOT_DELETED, type RowBlock } from '../../../data/row-block.ts';

const packed = (mark: Buffer): Buffer => Buffer.concat([Buffer.from([mark.length]), mark]);
const HEADS = { deleted: packed(DELETED), kept: packed(NOT_DELETED) };

/** Packs changes into blocks. Each change is copied from bytes of packed values. */
export class ChangePacker {
  readonly #rows: RowPacker;

  /** `columns`: the number of values in a row. */
  constructor(columns: number) {
    this.#rows = new RowPacker(columns + 1);
  }

  /** Adds a change. Returns the block before it once that block is full. */
  add(deleted: boolean, row: Buffer, start: number, end: number): ChangeBlock | undefined {
    return changesIn(this.#rows.add(row, start, end, deleted ? HEADS.deleted : HEADS.kept));
  }

  /** Returns the changes that are left. */
  take(): ChangeBlock | undefined {
    return changesIn(this.#rows.take());
  }
}

const changesIn = (rows: RowBlock | undefined): ChangeBlock | undefined =>
  rows === undefined ? undefined : new ChangeBlock(rows);
