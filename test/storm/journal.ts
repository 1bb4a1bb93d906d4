import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';

const TOLD = 80;

/** What has happened in a storm: all of it in a file, the last of it at hand. */
export class Journal {
  readonly path: string;
  readonly #file: WriteStream;
  readonly #start = performance.now();
  #last: string[] = [];
  /** How often what has happened. */
  readonly counts = new Map<string, number>();

  constructor(path: string) {
    this.path = path;
    this.#file = createWriteStream(path);
  }

  /** `kind` is counted; `detail` is not. */
  note(actor: string, kind: string, detail = ''): void {
    const name = `${actor} ${kind}`;
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    const seconds = ((performance.now() - this.#start) / 1_000).toFixed(3).padStart(8);
    const line = `${seconds} ${name}${detail === '' ? '' : ` ${detail}`}`;
    this.#file.write(`${line}\n`);
    this.#last = [...this.#last.slice(1 - TOLD), line.slice(0, 400)];
  }

  last(): readonly string[] {
    return this.#last;
  }

  /** Of all kinds that begin so. */
  count(prefix: string): number {
    let sum = 0;
    for (const [name, count] of this.counts) if (name.startsWith(prefix)) sum += count;
    return sum;
  }

  async close(): Promise<void> {
    this.#file.end();
    await once(this.#file, 'finish');
  }
}
