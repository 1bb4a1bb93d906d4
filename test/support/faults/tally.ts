import { type FaultKind, KINDS } from './fault.ts';

/** Counts the faults that came, and those that the workers did not survive. */
export class Tally {
  readonly failures: string[] = [];
  readonly head = ['story', ...KINDS, 'faults'];
  readonly #met = new Map<string, { survived: boolean; runs: number }>();

  note(story: string, point: string, kind: FaultKind, wrong: readonly string[]): void {
    const key = JSON.stringify([story, point, kind]);
    const before = this.#met.get(key) ?? { survived: true, runs: 0 };
    this.#met.set(key, { survived: before.survived && wrong.length === 0, runs: before.runs + 1 });
    if (wrong.length > 0) this.failures.push(`not survived: ${story}, ${point}, ${kind}: ${wrong.join('; ')}`);
  }

  get rows(): string[][] {
    const stories = new Set(this.#entries().map(({ story }) => story));
    return [...stories].map((story) => {
      const own = this.#entries().filter((entry) => entry.story === story);
      const counts = KINDS.map((kind) => counted(own.filter((entry) => entry.kind === kind)));
      return [story, ...counts, String(own.reduce((sum, { runs }) => sum + runs, 0))];
    });
  }

  /** A point that several stories pass counts once. */
  get summary(): string {
    const points = Map.groupBy(this.#entries(), ({ point }) => point);
    const survived = [...points.values()].filter((entries) => entries.every((entry) => entry.survived)).length;
    const faults = this.#entries().reduce((sum, { runs }) => sum + runs, 0);
    return `${survived} of ${points.size} fault points survived × ${KINDS.length} kinds (${faults} faults)`;
  }

  #entries() {
    return [...this.#met].map(([key, value]) => {
      const [story, point, kind] = JSON.parse(key) as [string, string, FaultKind];
      return { story, point, kind, ...value };
    });
  }
}

const counted = (entries: readonly { survived: boolean }[]): string =>
  `${entries.filter(({ survived }) => survived).length}/${entries.length}`;
