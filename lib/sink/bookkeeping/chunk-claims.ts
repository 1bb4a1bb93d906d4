import type { Claim, ClaimedChunk } from '../../replication/endpoints/chunk-plans.ts';
import type { Bookkeeping } from './bookkeeping.ts';
import { CHUNK_COLUMNS, chunkOf, NOT_SHARED, REST } from './chunk-ledger.ts';
import { quoteText } from '../../sql/literal.ts';
import type { LoaderPlaces } from './loader-places.ts';
import type { Connection } from '../../wire/connection.ts';
import { readTableKey } from '../../task/task.ts';

/** Chunks that a claim chooses from: far more than it takes, so that workers seldom want the same chunk. */
const PAGE = 256;
/** If other workers were quicker for all of them, a claim looks again, this often in all. */
const TRIES = 4;
/** A worker takes this many chunks at once, at most. */
const MOST = 16;

/**
 * Hands out the chunks of shared plans, each to one worker with a place. Each statement is a transaction of its own.
 */
export class ChunkClaims {
  readonly #books: Bookkeeping;
  readonly #places: LoaderPlaces;

  constructor(books: Bookkeeping, places: LoaderPlaces) {
    this.#books = books;
    this.#places = places;
  }

  async take(connection: Connection, claim: Claim, epoch: number): Promise<ClaimedChunk[]> {
    for (let tries = 0; tries < TRIES; tries++) {
      const found = await this.#find(connection, claim, epoch);
      if (found.length === 0) return [];
      const taken: ClaimedChunk[] = [];
      for (const chunk of shareOf(found, claim.workers)) {
        if (await this.#take(connection, claim, epoch, chunk)) taken.push({ ...chunk, claimedBy: claim.owner });
      }
      if (taken.length > 0) return taken;
    }
    return [];
  }

  async release(connection: Connection, generation: number, chunk: ClaimedChunk, epoch: number): Promise<void> {
    await connection.query(
      `update ${this.#books.chunks} set claimed_by = '' where ${this.#row(generation, chunk, epoch)}`,
    );
  }

  /**
   * Finds chunks that were never claimed. If there are none, finds those whose owner has lost its place: the owner's
   * transaction may still hold locks.
   */
  async #find(connection: Connection, claim: Claim, epoch: number): Promise<ClaimedChunk[]> {
    const owners = await this.#places.owners(connection);
    if (!owners.includes(claim.owner)) return [];
    const fresh = await this.#free(connection, claim, epoch, `claimed_by = ''`);
    if (fresh.length > 0) return fresh;
    const taken = [NOT_SHARED, REST, ...owners].map(quoteText).join(', ');
    return this.#free(connection, claim, epoch, `claimed_by not in ('', ${taken})`);
  }

  async #free(connection: Connection, claim: Claim, epoch: number, condition: string): Promise<ClaimedChunk[]> {
    const except = claim.except.map(quoteText).join(', ');
    const { rows } = await connection.query(
      `select ${CHUNK_COLUMNS}, table_name from ${this.#books.chunks}
       where task_id = ${this.#books.taskId} and generation = ${claim.generation} and done = 0 and epoch = ${epoch}
         and ${condition}${except === '' ? '' : ` and table_name not in (${except})`}
       order by table_name, chunk limit ${PAGE}`,
    );
    return rows.map((row) => ({ ...chunkOf(row), table: readTableKey(row[6]?.toString('utf8') ?? '') }));
  }

  async #take(
    connection: Connection,
    { generation, owner }: Claim,
    epoch: number,
    chunk: ClaimedChunk,
  ): Promise<boolean> {
    const { affectedRows } = await connection.query(
      `update ${this.#books.chunks} set claimed_by = ${quoteText(owner)} where ${this.#row(generation, chunk, epoch)}`,
    );
    return affectedRows === 1;
  }

  /** Matches the chunk only if nobody has changed it since it was read. */
  #row(generation: number, { table, number, claimedBy }: ClaimedChunk, epoch: number): string {
    return `task_id = ${this.#books.taskId} and generation = ${generation} and table_name = ${quoteText(table)}
      and chunk = ${number} and done = 0 and epoch = ${epoch} and claimed_by = ${quoteText(claimedBy)}`;
  }
}

/**
 * The chunks that one of several workers takes: half of its share, so that portions shrink towards the end and all
 * workers end together. A random start makes it unlikely that two workers want the same chunks.
 */
export function shareOf<T>(found: readonly T[], workers: number): readonly T[] {
  const size = Math.max(1, Math.min(MOST, Math.floor(found.length / (2 * workers))));
  const first = workers === 1 ? 0 : Math.floor(Math.random() * (found.length - size + 1));
  return found.slice(first, first + size);
}
