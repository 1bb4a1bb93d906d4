import { SqlClient } from './sql-client.ts';

/** What the sink of type `mysql` is: SQL of tests that one of the two has alone goes by it. */
export type SinkServer = 'MariaDB' | 'MySQL';

/** The binary collation that does not pad, which a table made by the product has. */
export const NO_PAD: Readonly<Record<SinkServer, string>> = {
  MariaDB: 'utf8mb4_nopad_bin',
  MySQL: 'utf8mb4_0900_bin',
};

/**
 * Asks who is there. From then on MySQL knows the proof of the password: connections that are read by a proxy, and so not
 * encrypted, can log in by that alone.
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
