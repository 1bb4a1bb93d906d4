import type { Row } from '../../data/change.ts';

/** Converts a value to the form in which it is compared; undefined leaves it as it is. */
export type ValueForm = ((value: Buffer) => Buffer) | undefined;

/** Converts a whole row; undefined if no column needs it. */
export function rowForm(forms: readonly ValueForm[]): ((row: Row) => Row) | undefined {
  if (forms.every((form) => form === undefined)) return undefined;
  return (row) => row.map((value, i) => (value === null ? null : (forms[i]?.(value) ?? value)));
}
