import { randomBytes } from 'node:crypto';
import { SqlClient } from './sql-client.ts';

/** An account of the source other than `sys`, with the quota that such accounts have. */
export interface Account {
  readonly name: string;
  /** The URI of the account's administrator. */
  readonly uri: string;
  readonly client: SqlClient;
  /** Drops the account with everything in it. */
  close(): Promise<void>;
}

export async function createAccount(sourceUri: string): Promise<Account> {
  const sys = new SqlClient(sourceUri);
  const name = `cdc_acc_${randomBytes(4).toString('hex')}`;
  await sys.run(`create account ${name} admin_name 'admin' identified by '111'`);
  const { host } = new URL(sourceUri);
  const uri = `mysql://${name}:admin:111@${host}`;
  const client = new SqlClient(uri);
  const close = async (): Promise<void> => {
    client.close();
    await sys.run(`drop account if exists ${name}`);
    sys.close();
  };
  return { name, uri, client, close };
}
