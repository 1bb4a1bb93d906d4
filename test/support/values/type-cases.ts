import type { ColumnTypeName } from '../../../lib/sql/column-types.ts';
import { GEOMETRIES } from './geometries.ts';
import { NUMBERS } from './numbers.ts';
import { TEXTS } from './texts.ts';
import { TIMES } from './times.ts';
import type { TypeCase } from './type-case.ts';
import { VECTORS } from './vectors.ts';

/** Values of every type there is: one that is missing here does not pass the type check. */
export const TYPE_CASES: Readonly<Record<ColumnTypeName, readonly TypeCase[]>> = {
  ...NUMBERS,
  ...TIMES,
  ...TEXTS,
  ...VECTORS,
  ...GEOMETRIES,
};
