import type { ColumnTypeName } from '../../../lib/sql/column-types.ts';
import { GEOMETRIES } from './geometries.ts';
import { NUMBERS } from './numbers.ts';
import { TEXTS } from './texts.ts';
import { TIMES } from './times.ts';
import type { TypeCase } from './type-case.ts';
import { VECTORS } from './vectors.ts';

/** Values of every type. If one is missing here, the type check fails. */
export const TYPE_CASES: Readonly<Record<ColumnTypeName, readonly TypeCase[]>> = {
  ...NUMBERS,
  ...TIMES,
  ...TEXTS,
  ...VECTORS,
  ...GEOMETRIES,
};
