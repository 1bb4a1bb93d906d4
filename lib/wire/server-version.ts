import type { Connection } from './connection.ts';

/** The version as the server prints it: `8.0.30-MatrixOne-v4.2.0`, `11.8.9-MariaDB`. */
export const serverVersion = async (connection: Connection): Promise<string> =>
  (await connection.query('select version()')).rows[0]?.[0]?.toString('utf8') ?? '';
