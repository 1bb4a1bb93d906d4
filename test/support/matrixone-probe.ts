import { createConnection } from 'mysql2/promise';
import { parseDatabaseUri } from '../../lib/task/uri/database-uri.ts';
import { SqlClient } from './sql-client.ts';

/** A database of its own on a MatrixOne server, with short ways to make snapshots and read diffs. */
export class MatrixOneProbe extends SqlClient {
  readonly name: string;
  readonly #uri: string;
  readonly #snapshots = new Set<string>();
  #made = 0;

  private constructor(uri: string, name: string) {
    super(uri);
    this.#uri = uri;
    this.name = name;
  }

  static async open(uri: string, name: string): Promise<MatrixOneProbe> {
    const probe = new MatrixOneProbe(uri, name);
    await probe.run(`create database ${name}`, `use ${name}`);
    return probe;
  }

  another(): SqlClient {
    return new SqlClient(this.#uri);
  }

  /** Makes a snapshot of a table, or of the whole database. Returns the name that the server has for it. */
  async snapshot(table: string | undefined, write = (name: string): string => name): Promise<string> {
    const name = `${this.name}_${++this.#made}`;
    const scope = table === undefined ? `database ${this.name}` : `table ${this.name} ${table}`;
    await this.run(`create snapshot ${write(name)} for ${scope}`);
    this.#snapshots.add(name);
    return name;
  }

  /** The rows of the diff as `FLAG|values…`, sorted. */
  async diff(table: string, before: string, after: string, rest = ''): Promise<string[]> {
    const sql = `data branch diff ${table}{snapshot='${after}'} against ${table}{snapshot='${before}'} ${rest}`;
    return (await this.sorted(sql)).map((row) => row.slice(row.indexOf('|') + 1));
  }

  async dropSnapshot(name: string): Promise<void> {
    await this.run(`drop snapshot ${name}`);
    this.#snapshots.delete(name);
  }

  /** The names of the result's columns. */
  async columns(sql: string): Promise<string[]> {
    const { host, port, user, password } = parseDatabaseUri(this.#uri);
    const connection = await createConnection({ host, port, user, password, database: this.name });
    const [, fields] = await connection.query(sql);
    connection.destroy();
    return fields.map((field) => field.name);
  }

  async definition(table: string): Promise<string> {
    const [row] = await this.query(`show create table ${table}`);
    return row?.[1]?.toString() ?? '';
  }

  /** Drops everything that it has made. */
  async drop(): Promise<void> {
    for (const name of this.#snapshots) await this.run(`drop snapshot if exists ${name}`);
    await this.run(`drop database if exists ${this.name}`);
    this.close();
  }
}
