/** What a benchmark has made and has to take away again, whatever ends it. */
export class Cleanup {
  readonly #steps = new Set<() => Promise<void>>();

  /** The step is taken by `run`, or earlier by calling what this returns; never twice. */
  add(step: () => Promise<void>): () => Promise<void> {
    const once = async (): Promise<void> => {
      if (this.#steps.delete(once)) await step();
    };
    this.#steps.add(once);
    return once;
  }

  /** The last first. A step that fails is told and keeps none of the others. */
  async run(): Promise<void> {
    for (const step of [...this.#steps].toReversed()) {
      try {
        await step();
      } catch (error) {
        process.stderr.write(`Left behind by the benchmark: ${String(error)}\n`);
      }
    }
  }
}
