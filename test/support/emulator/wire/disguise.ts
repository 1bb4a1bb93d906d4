import type { SideConnection } from '../history/side.ts';
import { internalError, MatrixOneError, missingTable } from '../matrixone-error.ts';
import { literal } from '../sql/quoting.ts';
import { decodeError, encodeError, HEADER_BYTES } from './packets.ts';

const errorPayload = (error: MatrixOneError): Buffer => encodeError(0, error).subarray(HEADER_BYTES);

/** MariaDB's error as MatrixOne would report it, if the two differ. */
export const disguiseError = async (payload: Buffer, user: string, lookup: SideConnection): Promise<Buffer> => {
  const { errno, message } = decodeError(payload);
  if (errno === 1146) return errorPayload(await missing(message, lookup));
  if (errno === 1051) return errorPayload(new MatrixOneError(1146, message.replace(/^.*'(.*)'$/, 'no such table $1')));
  if (errno === 1049) return errorPayload(new MatrixOneError(errno, message.replaceAll("'", '')));
  if (errno === 1213) return errorPayload(new MatrixOneError(20701, 'deadlock detected'));
  if (errno === 1045 && (await isUnknown(user, lookup))) return errorPayload(internalError(`there is no user ${user}`));
  return errorPayload(new MatrixOneError(errno, message));
};

/** If the whole database is missing, MariaDB says that the table is missing. MatrixOne names the database. */
const missing = async (message: string, lookup: SideConnection): Promise<MatrixOneError> => {
  const { database = '', table = '' } =
    /'(?<database>[^'.]*)\.(?<table>[^']*)' doesn't exist/.exec(message)?.groups ?? {};
  const rows = await lookup.rows(`select 1 from information_schema.schemata where schema_name = ${literal(database)}`);
  return rows.length > 0 ? missingTable(table) : new MatrixOneError(1049, `Unknown database ${database}`);
};

const isUnknown = async (user: string, lookup: SideConnection): Promise<boolean> => {
  const rows = await lookup.rows(`select 1 from mysql.user where user = ${literal(user)} limit 1`);
  return rows.length === 0;
};

/**
 * MatrixOne loads rows whatever their key, and so corrupts the table. MariaDB silently skips rows whose key exists.
 * This complaint makes either show.
 */
export const loadComplaint = (okPayload: Buffer): Buffer | undefined => {
  const counts = /Records: \d+ {2}Deleted: (\d+) {2}Skipped: (\d+) {2}Warnings: (\d+)/.exec(
    okPayload.toString('latin1'),
  );
  const [deleted = 0, skipped = 0, warnings = 0] = (counts ?? []).slice(1).map(Number);
  const duplicates = deleted + skipped;
  if (duplicates > 0) return errorPayload(complaint(`LOAD DATA would have duplicated ${duplicates} keys`));
  if (warnings > 0) return errorPayload(complaint(`LOAD DATA had ${warnings} warnings`));
  return undefined;
};

const complaint = (text: string): MatrixOneError => new MatrixOneError(20101, `emulator: ${text}`);
