import { SqlClient } from './sql-client.ts';

/** The server behind the sink of type `mysql`. Tests use it if they need SQL that only one of the two has. */
export type SinkServer = 'MariaDB' | 'MySQL';

/** The binary collation without padding. Tables that the product creates have it. */
export const NO_PAD: Readonly<Record<SinkServer, string>> = {
  MariaDB: 'utf8mb4_nopad_bin',
  MySQL: 'utf8mb4_0900_bin',
};

/**
 * Asks which server it is. By this login MySQL also caches the proof of the password. Connections through a proxy that
 * reads them, and so are not encrypted, can then log in by that proof.
 */
export async function sinkServer(uri: string): Promise<SinkServer> {
  const client = new SqlClient(uri);
  try {
    const [row] = await client.query('select version()');
    return /mariadb/iu.test(row?.[0]?.toString() ?? '') ? 'MariaDB' : 'MySQL';
  } finally {
    client.close();
  }
}
