import type { Row, Value } from '../../../data/change.ts';
import { CdcError } from '../../../errors.ts';

/** Translates one column's value into its label. */
type Translate = (value: Value) => Value;

const NUMBER = /^\d+$/u;

/**
 * Translates enum and set columns, which `data branch diff` returns as numbers: the index of the label, or a bitmask of
 * labels. Sink and source use the labels everywhere else.
 */
export class LabelTranslator {
  readonly #columns: readonly { readonly index: number; readonly translate: Translate }[];

  /** `labels`: by the column's position in the rows; undefined for columns of other types. */
  constructor(labels: readonly (ColumnLabels | undefined)[]) {
    this.#columns = labels.flatMap((of, index) => (of === undefined ? [] : [{ index, translate: translator(of) }]));
  }

  /** Is there any column to translate? */
  get translates(): boolean {
    return this.#columns.length > 0;
  }

  row(row: Row): Row {
    if (this.#columns.length === 0) return row;
    const translated = [...row];
    for (const { index, translate } of this.#columns) translated[index] = translate(row[index] ?? null);
    return translated;
  }
}

export interface ColumnLabels {
  readonly column: string;
  readonly type: 'enum' | 'set';
  readonly labels: readonly string[];
}

const translator = (of: ColumnLabels): Translate => {
  const label = of.type === 'enum' ? enumLabel(of) : setLabel(of);
  return (value) => {
    if (value === null) return null;
    const text = value.toString('latin1');
    // Digits are always a number, even if they are also a label: in an enum('0', '1'), 1 means '0'. A later version may
    // send labels, so anything else stays as it is.
    return NUMBER.test(text) ? Buffer.from(label(text), 'utf8') : value;
  };
};

/** The number 0 is the empty value, which a lenient server stores for an unknown label. */
function enumLabel({ column, labels }: ColumnLabels): (text: string) => string {
  return (text) => {
    const number = Number(text);
    const label = number === 0 ? '' : labels[number - 1];
    if (label === undefined) throw unknown(column, text);
    return label;
  };
}

function setLabel({ column, labels }: ColumnLabels): (text: string) => string {
  return (text) => {
    const bits = BigInt(text);
    if (bits >> BigInt(labels.length) !== 0n) throw unknown(column, text);
    return labels.filter((_, i) => ((bits >> BigInt(i)) & 1n) === 1n).join(',');
  };
}

const unknown = (column: string, value: string): CdcError =>
  new CdcError('SCHEMA_CHANGED', `The column ${column} has the value ${value}, but declares no label for it.`);
