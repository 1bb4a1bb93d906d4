import type { OptionKind } from '../../lib/task/option-kinds.ts';

/** A value of an option: in a request, as the argument of its flag, and as stored and shown. */
export interface Sample {
  readonly given: unknown;
  /** The argument of the flag; undefined if the flag has none; null if no flag can set this value. */
  readonly argument: string | undefined | null;
  readonly stored: unknown;
}

/** Values at the limits of what the table allows. */
export function goodSamples(kind: OptionKind): Sample[] {
  switch (kind.type) {
    case 'choice':
      return kind.choices.map((word) => ({ given: word, argument: word, stored: word }));
    case 'amount':
      return [
        ...[kind.least, kind.most].map((number) => ({ given: number, argument: String(number), stored: number })),
        ...(kind.default === null ? [{ given: null, argument: null, stored: null }] : []),
      ];
    case 'switch':
      return [
        { given: true, argument: undefined, stored: true },
        { given: false, argument: null, stored: false },
      ];
    case 'time': {
      // A start must be in the past, an end in the future.
      const [day, fraction] = kind.as === 'start' ? ['2025-03-01', '001'] : ['2099-03-01', '002'];
      const text = `${day} 10:20:30.0015+08:00`;
      return [
        { given: text, argument: text, stored: `${day}T02:20:30.${fraction}Z` },
        { given: null, argument: null, stored: null },
      ];
    }
  }
}

/** Values outside the limits, and values of other types. */
export function badValues(kind: OptionKind): unknown[] {
  switch (kind.type) {
    case 'choice':
      return ['', 'other', kind.default.toUpperCase(), null, 1, [kind.default]];
    case 'amount': {
      const off = kind.default === null ? [] : [null];
      return [kind.least - 1, kind.most + 1, kind.least + 0.5, String(kind.least), -1, true, ...off];
    }
    case 'switch':
      return ['true', 1, 0, null];
    case 'time':
      return ['soon', '2025-02-30 00:00:00', 1_743_147_000_000, true, ' '.repeat(100)];
  }
}
