/** What a benchmark has made and has to take away again, whatever ends it. */
export class Cleanup {
  readonly #steps = new Set<() => Promise<void>>();
  #ending: Promise<void> | undefined;
  readonly #tell: (text: string) => void;

  constructor(tell: (text: string) => void = (text) => process.stderr.write(`${text}\n`)) {
    this.#tell = tell;
  }

  /**
   * The step is taken by `run`, or earlier by calling what this returns; never twice. Throws once `run` has begun, so that
   * what is still under way then makes nothing new: add a step before making what it takes away.
   */
  add(step: () => Promise<void>): () => Promise<void> {
    if (this.#ending !== undefined) throw new Error('The benchmark is ending.');
    let taken: Promise<void> | undefined;
    const once = (): Promise<void> => {
      // Stays until it is done, for `run` to wait for.
      taken ??= step().finally(() => this.#steps.delete(once));
      return taken;
    };
    this.#steps.add(once);
    return once;
  }

  get hasBegun(): boolean {
    return this.#ending !== undefined;
  }

  /** The last first. A step that fails is told and keeps none of the others. */
  run(): Promise<void> {
    return (this.#ending ??= this.#takeAll());
  }

  async #takeAll(): Promise<void> {
    for (const step of [...this.#steps].toReversed()) {
      try {
        await step();
      } catch (error) {
        this.#tell(`Left behind by the benchmark: ${String(error)}`);
      }
    }
  }
}
