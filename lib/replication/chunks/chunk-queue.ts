import type { Claim, ClaimedChunk, SinkPlaces } from '../endpoints/chunk-plans.ts';
import type { TableKey } from '../../task/task.ts';

/** The chunks that one worker has claimed for its lanes. It claims more when the lanes need them. */
export class ChunkQueue {
  readonly #sink: SinkPlaces;
  readonly #claim: Omit<Claim, 'except'>;
  readonly #except: () => readonly TableKey[];
  #claimed: ClaimedChunk[] = [];
  #asking: Promise<boolean> | undefined;

  /** `except` returns the sink tables (`db.table`) whose chunks are not wanted at the moment. */
  constructor(sink: SinkPlaces, claim: Omit<Claim, 'except'>, except: () => readonly TableKey[]) {
    this.#sink = sink;
    this.#claim = claim;
    this.#except = except;
  }

  /** Returns a chunk to load; undefined when there is none for now. */
  async next(): Promise<ClaimedChunk | undefined> {
    for (;;) {
      const chunk = this.#claimed.shift();
      if (chunk === undefined) {
        if (!(await this.#more())) return undefined;
      } else if (this.#except().includes(chunk.table)) {
        await this.release(chunk).catch((error: unknown) => {
          this.putBack(chunk);
          throw error;
        });
      } else {
        return chunk;
      }
    }
  }

  /** The chunk stays claimed, and is the next one to load. */
  putBack(chunk: ClaimedChunk): void {
    this.#claimed.unshift(chunk);
  }

  async release(chunk: ClaimedChunk): Promise<void> {
    await this.#sink.releaseChunk(this.#claim.generation, chunk);
  }

  /** One lane claims chunks for all lanes. */
  #more(): Promise<boolean> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(): Promise<boolean> {
    const claimed = await this.#sink.claimChunks({ ...this.#claim, except: this.#except() });
    this.#claimed.push(...claimed);
    return claimed.length > 0;
  }
}
