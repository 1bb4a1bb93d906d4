import { Readable } from 'node:stream';
import mysql from 'mysql2/promise';
import { parseDatabaseUri } from '../../lib/task/uri/database-uri.ts';

/** The table that matrixone's own CDC was measured with: five columns, about 75 bytes of text a row. */
export const COLUMNS = 'id int primary key, k varchar(20), v varchar(60), n decimal(18,4), at datetime(6)';
export const SHAPE = 'rows of 5 columns (int key, two varchars, decimal, datetime), 70 to 75 bytes as text';

const PIECE_ROWS = 4_000;

const line = (id: number): string =>
  `${id}\tk${id % 977}\tthe value of row ${id}\t${id / 8}\t2026-01-01 00:00:00.500000\n`;

/** The rows `from` up to, and without, `to` as a LOAD DATA file, piece by piece. */
export function* loadFile(from: number, to: number): Generator<Buffer> {
  for (let start = from; start < to; start += PIECE_ROWS) {
    const rows = Array.from({ length: Math.min(PIECE_ROWS, to - start) }, (_, i) => line(start + i));
    yield Buffer.from(rows.join(''), 'latin1');
  }
}

/** A connection of the plain driver, as anybody would open one. */
export async function connect(uri: string): Promise<mysql.Connection> {
  const { host, port, user, password } = parseDatabaseUri(uri);
  return await mysql.createConnection({ host, port, user, password, charset: 'utf8mb4' });
}

/** LOAD DATA LOCAL into a table that has none of these rows. */
export async function loadData(connection: mysql.Connection, table: string, pieces: Iterable<Buffer>): Promise<void> {
  await connection.query({
    sql: `load data local infile 'rows' into table ${table} character set binary fields terminated by '\\t' lines terminated by '\\n'`,
    infileStreamFactory: () => Readable.from(pieces),
  });
}

/** Creates the table and fills it by LOAD DATA, which leaves it on a MatrixOne as a large table is: in objects. */
export async function createFilled(uri: string, table: string, rows: number): Promise<void> {
  const connection = await connect(uri);
  try {
    await connection.query(`create table ${table} (${COLUMNS})`);
    await loadData(connection, table, loadFile(0, rows));
  } finally {
    connection.destroy();
  }
}
