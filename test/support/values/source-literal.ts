import { valueKind } from '../../../lib/sql/column-type.ts';
import type { Bytes } from './type-case.ts';

/** The literal that a user of the source would write. It does not use the code under test. */
export function sourceLiteral(type: string, value: Bytes | null): string {
  if (value === null) return 'NULL';
  const bytes = Buffer.from(value, 'latin1');
  const kind = valueKind(type);
  if (kind === 'bytes') return `x'${bytes.toString('hex')}'`;
  if (kind === 'bit') return String(BigInt(`0x${bytes.toString('hex')}`));
  // Unquoted: MatrixOne loses digits at the end of a quoted decimal(38,38).
  if (kind === 'number') return value;
  const quoted = `'${bytes.toString('utf8').replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\0', '\\0')}'`;
  if (kind !== 'geometry') return quoted;
  const srid = /srid (\d+)/u.exec(type)?.[1];
  return `st_geomfromtext(${quoted}${srid === undefined ? '' : `, ${srid}`})`;
}
