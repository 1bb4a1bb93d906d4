import { randomUUID } from 'node:crypto';
import { literal } from './sql/quoting.ts';
import { SYSTEM_DATABASES, type Listed } from './history/catalogue.ts';
import { STORE } from './history/history-table.ts';
import type { Cut } from './history/history.ts';
import type { SideConnection } from './history/side.ts';
import { levelOf, type Snapshot } from './snapshots.ts';

const VISIBLE = `table_schema not in (${SYSTEM_DATABASES.filter((name) => name !== 'mo_catalog')
  .map(literal)
  .join(', ')})`;
const DATABASE_ID = 'crc32(s.table_schema)';
const FILE_NAME = `concat(cast(convert(s.table_schema using filename) as binary), '/',
  cast(convert(s.table_name using filename) as binary))`;

const SETUP: readonly string[] = [
  'drop database if exists mo_catalog',
  'create database mo_catalog',
  `create table mo_catalog.mo_snapshots (snapshot_id varchar(36) unique key, sname varchar(64) primary key, ts bigint,
    level enum('cluster','account','database','table'), account_name varchar(300), database_name varchar(5000),
    table_name varchar(5000), obj_id bigint unsigned, kind varchar(32) not null default 'user')`,
  `create table mo_catalog.mo_pitr (pitr_id varchar(36) unique key, pitr_name varchar(300), create_account bigint unsigned,
    create_time bigint not null, modified_time bigint not null, level varchar(10), account_id bigint unsigned,
    account_name varchar(300), database_name varchar(5000), table_name varchar(5000), obj_id bigint unsigned,
    pitr_length tinyint unsigned, pitr_unit varchar(10), pitr_status tinyint unsigned default 1,
    pitr_status_changed_time bigint not null, kind varchar(32) not null default 'user',
    primary key (pitr_name, create_account))`,
  // The tasks of CREATE CDC and their watermarks: nobody carries them out.
  `create table mo_catalog.mo_cdc_task (account_id bigint unsigned, task_id uuid, task_name varchar(1000),
    source_uri text not null, source_password varchar(1000), sink_uri text not null, sink_type varchar(20),
    sink_password varchar(1000), tables text not null, filters text, start_ts varchar(1000), end_ts varchar(1000),
    config_file text, task_create_time datetime, state varchar(20), no_full bool, additional_config text,
    err_msg varchar(256), primary key (account_id, task_id))`,
  `create table mo_catalog.mo_cdc_watermark (account_id bigint unsigned, task_id uuid, db_name varchar(200),
    table_name varchar(200), watermark varchar(128), err_msg varchar(256),
    primary key (account_id, task_id, db_name, table_name))`,
  `create view mo_catalog.mo_tables as select coalesce(t.table_id, 0) rel_id, s.table_name relname,
    s.table_schema reldatabase, ${DATABASE_ID} reldatabase_id, 'p' relpersistence,
    case when s.table_type like '%VIEW' then 'v' when s.table_type = 'SEQUENCE' then 'S' else 'r' end relkind, s.table_comment rel_comment, '' rel_createsql,
    s.create_time created_time, 1 creator, 0 owner, 0 account_id, 0 partitioned, 0 rel_version
    from information_schema.tables s left join information_schema.innodb_sys_tables t
    on cast(t.name as binary) = ${FILE_NAME} where ${VISIBLE}`,
  `create view mo_catalog.mo_database as select crc32(schema_name) dat_id, schema_name datname, 'def' dat_catalog_name,
    '' dat_createsql, 0 owner, 1 creator, timestamp('2020-01-01') created_time, 0 account_id, '' dat_type
    from information_schema.schemata where ${VISIBLE.replace('table_schema', 'schema_name')}`,
  `create view mo_catalog.mo_columns as select s.table_schema att_database, s.table_name att_relname,
    s.column_name attname, s.column_type atttyp, s.ordinal_position attnum, if(s.is_nullable = 'NO', 1, 0) attnotnull,
    if(s.column_key = 'PRI', 'p', 'n') att_constraint_type, s.column_comment att_comment, 0 account_id
    from information_schema.columns s where ${VISIBLE}`,
  `create table ${STORE}.listings (listing bigint not null, rel_id bigint unsigned, relname varchar(300),
    reldatabase varchar(300), relkind varchar(1), account_id int not null default 0, rel_version int not null, key (listing))`,
  `grant select on ${STORE}.* to public`,
  'grant select on mo_catalog.mo_tables to public',
  'grant select on mo_catalog.mo_database to public',
  'grant select on mo_catalog.mo_columns to public',
];

/** MatrixOne's system tables, as far as clients read them. */
export class Catalog {
  readonly #side: SideConnection;
  /** Snapshots share a listing if no table was created or dropped between them. */
  readonly #listings = new WeakMap<readonly Listed[], number>();
  #lastListing = 0;

  constructor(side: SideConnection) {
    this.#side = side;
  }

  async setUp(): Promise<void> {
    for (const statement of SETUP) await this.#side.run(statement);
  }

  close(): Promise<void> {
    return this.#side.close();
  }

  async addSnapshot({ name, ts, scope, cut, account }: Snapshot): Promise<void> {
    await this.#keepListing(cut.listing);
    const { database = '', table = '' } = scope;
    const object = cut.listing.find((listed) => listed.database === database && listed.table === table);
    const texts = [randomUUID(), name, ts, levelOf(scope), account, database, table].map(literal);
    await this.#side.run(
      `insert into mo_catalog.mo_snapshots values (${[...texts, object?.id ?? '0', "'user'"].join(', ')})`,
    );
  }

  async removeSnapshot(name: string): Promise<void> {
    await this.#side.run(`delete from mo_catalog.mo_snapshots where sname = ${literal(name)}`);
  }

  /** Does any PITR hold the state of that time? */
  async isHeld({ ts, scope: { database = '', table = '' }, account }: Snapshot): Promise<boolean> {
    const rows = await this.#side.rows(
      `select 1 from mo_catalog.mo_pitr where account_name = ${literal(account)} and create_time <= ${ts} and (level = 'account'
       or (level = 'database' and ${literal(database)} in ('', database_name))
       or (level = 'table' and ${literal(database)} in ('', database_name) and ${literal(table)} in ('', table_name))) limit 1`,
    );
    return rows.length > 0;
  }

  /** mo_tables at the cut, as a table expression. */
  tablesAt(cut: Cut): string {
    const listing = this.#listings.get(cut.listing) ?? 0;
    const columns = "rel_id, relname, reldatabase, 'p' relpersistence, relkind, account_id, 0 partitioned, rel_version";
    return `(select ${columns} from ${STORE}.listings where listing = ${listing})`;
  }

  async #keepListing(listing: readonly Listed[]): Promise<void> {
    if (this.#listings.has(listing)) return;
    const number = ++this.#lastListing;
    this.#listings.set(listing, number);
    if (listing.length === 0) return;
    const rows = listing.map(
      ({ id, table, database, kind, version }) =>
        `(${number}, ${id}, ${literal(table)}, ${literal(database)}, '${kind}', 0, ${version})`,
    );
    await this.#side.run(`insert into ${STORE}.listings values ${rows.join(', ')}`);
  }
}
