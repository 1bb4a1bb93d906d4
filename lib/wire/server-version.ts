import type { Session } from './connection.ts';

/** As the server prints it: `8.0.30-MatrixOne-v4.2.0`, `11.8.9-MariaDB`. */
export const serverVersion = async (session: Session): Promise<string> =>
  (await session.query('select version()')).rows[0]?.[0]?.toString('utf8') ?? '';
