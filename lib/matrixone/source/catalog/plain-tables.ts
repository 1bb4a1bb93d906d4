import type { Connection } from '../../../wire/connection.ts';
import type { Pin } from '../../../data/position.ts';
import { pinHint } from '../history/pins.ts';
import { inDatabases } from './table-listing.ts';

/** Numbers of types in MatrixOne's catalogue. */
const INTEGERS = [20, 21, 22, 23, 25, 26, 27, 28];
const [BOOL, BIT, FLOAT, DOUBLE, DECIMAL64, DECIMAL128, DECIMAL256] = [10, 11, 30, 31, 32, 33, 34];
const [DATE, TIME, DATETIME, TIMESTAMP, YEAR] = [50, 51, 52, 53, 55];
const [CHAR, VARCHAR, JSON, UUID, BINARY, VARBINARY, ENUM, BLOB, TEXT] = [60, 61, 62, 63, 64, 65, 66, 70, 71];
const [DATALINK, VECTORS] = [72, [224, 225, 226, 227, 228, 229]];

/** Types whose values are never refused. Geometries are not among them: one number stands for several of them. */
const TYPES = [
  ...[...INTEGERS, BOOL, BIT, FLOAT, DOUBLE, DECIMAL64, DECIMAL128, DECIMAL256, DATE, TIME, DATETIME, TIMESTAMP, YEAR],
  ...[CHAR, VARCHAR, JSON, UUID, BINARY, VARBINARY, ENUM, BLOB, TEXT, DATALINK, ...VECTORS],
];
/** Types that also suit a key under every rule (see table-rules.ts). */
const KEYS = [...INTEGERS, DATE, CHAR, VARCHAR, UUID, BINARY, VARBINARY];
/** Types that suit a key as long as they have no fractions of a second. */
const MOMENTS = [TIME, DATETIME, TIMESTAMP];

/**
 * `atttyp` is the server's own record of a type, twenty bytes: two for its number, and the last eight for width and
 * scale, four each and stored doubled. Text functions take bytes above 127 for broken letters, so its hexadecimal form
 * is compared.
 */
const HEX = 'hex(atttyp)';
const isOneOf = (types: readonly number[]): string =>
  `left(${HEX}, 4) in (${types.map((type) => `'${type.toString(16).toUpperCase().padStart(4, '0')}'`).join(', ')})`;
/** A SET is an integer with labels. */
const FIT = `(${isOneOf(KEYS)} and coalesce(attr_enum, '') = '' or ${isOneOf(MOMENTS)} and right(${HEX}, 8) = '00000000')
  and coalesce(attr_has_generated, 0) = 0`;

const count = (condition: string): string => `sum(case when ${condition} then 1 else 0 end)`;
/** An unknown (NULL) rule counts as an exception. */
const exceptions = (rule: string): string => `sum(case when ${rule} then 0 else 1 end)`;
const HIDDEN = 'att_is_hidden = 1';
const DEADLY = `instr(attname, '{') > 0 or instr(att_relname, '{') > 0 or instr(attname, char(92)) > 0 or instr(attname, 'İ') > 0`;
const KEY = `att_constraint_type = 'p'`;

/**
 * Ids of tables that can certainly be replicated under any rules. One query finds them; describing them one by one
 * takes ten times as long. A key of one column is marked. A key of several columns is a hidden column, and only
 * `mo_indexes` lists its columns, under the names they had when the table was made (4.2.0); but all of them are NOT
 * NULL. A table without a primary key has a hidden key of another name. Tables with names that crash the server (see
 * read-table.ts) are not returned, and so are described.
 */
export async function plainTables(
  connection: Connection,
  databases: readonly string[] | 'account',
  at: Pin,
): Promise<ReadonlySet<string>> {
  if (databases.length === 0) return new Set();
  const { rows } = await connection.query(
    `select att_relname_id from mo_catalog.mo_columns${pinHint(at)}
     where account_id = current_account_id() ${inDatabases('att_database', databases)}
     group by att_relname_id
     having ${count(DEADLY)} = 0 and ${exceptions(`${HIDDEN} or ${isOneOf(TYPES)}`)} = 0 and ${count(KEY)} = 1
       and (${count(`${KEY} and att_is_hidden = 0 and ${FIT}`)} = 1
         or ${count(`${KEY} and ${HIDDEN} and attname = '__mo_cpkey_col'`)} = 1
           and ${exceptions(`${HIDDEN} or attnotnull = 0 or ${FIT}`)} = 0)`,
  );
  return new Set(rows.map(([id]) => id?.toString('latin1') ?? ''));
}
