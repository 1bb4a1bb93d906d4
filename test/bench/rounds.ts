import { median, short } from './statistics.ts';

/** One of the ways whose times are compared. */
export interface Side {
  readonly name: string;
  /** Does it once and tells how long it took, in seconds, without what only prepares it. */
  measure(): Promise<number>;
}

export interface Measured {
  readonly name: string;
  /** One a round, in seconds. */
  readonly seconds: readonly number[];
}

/**
 * All sides once a round, in reverse order every other round: what changes on the machine in the meantime, and what a
 * side leaves warm or busy for the next one, meets all of them alike.
 */
export async function inRounds(
  sides: readonly Side[],
  rounds: number,
  tell: (text: string) => void,
): Promise<Measured[]> {
  const times = new Map<string, number[]>(sides.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const seconds = await side.measure();
      times.get(side.name)?.push(seconds);
      tell(`round ${round + 1} of ${rounds}: ${side.name}: ${short(seconds)} s`);
    }
  }
  return sides.map(({ name }) => ({ name, seconds: times.get(name) ?? [] }));
}

export const COMPARED = ['side', 'seconds: median', 'lowest', 'highest', 'rows/s', "time by ours'"] as const;

/** One line a side; the first side is ours, and the last column says how many times as long the others took. */
export function compared(measured: readonly Measured[], rows: number): string[][] {
  const ours = median(measured[0]?.seconds ?? []);
  return measured.map(({ name, seconds }) => [
    name,
    short(median(seconds)),
    short(Math.min(...seconds)),
    short(Math.max(...seconds)),
    String(Math.round(rows / median(seconds))),
    `${short(median(seconds) / ours)} x`,
  ]);
}
