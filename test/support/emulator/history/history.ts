import { internalError } from '../matrixone-error.ts';
import { Binlog } from '../binlog/binlog.ts';
import { Catalogue, tableKey, type Listed, type TrackedTable } from './catalogue.ts';
import { STORE, type HistoryTable } from './history-table.ts';
import { Mutex } from './mutex.ts';
import type { ServerAddress } from './side.ts';
import { SideConnection } from './side.ts';

/** The part of the server that a snapshot covers. A name that is missing means everything. */
export interface Scope {
  readonly database: string | undefined;
  readonly table: string | undefined;
}

/** A state of the server that is kept for reading. */
export interface Cut {
  readonly version: number;
  /** The tables in scope, by `db.table`. */
  readonly tables: ReadonlyMap<string, TrackedTable>;
  /** All tables of the server, in scope or not. */
  readonly listing: readonly Listed[];
}

const ATTEMPTS = 50;
/** MariaDB's errors: no such column; no such table; the definition has changed. */
const ALTERED = new Set([1054, 1146, 1412]);

/** Keeps versions of rows, so that tables can be read as they were at a cut. */
export class History {
  readonly #control: SideConnection;
  readonly #locker: SideConnection;
  readonly #binlog: Binlog;
  readonly #catalogue: Catalogue;
  readonly #mutex = new Mutex();
  readonly #histories = new Map<HistoryTable, number>();
  #version = 0;

  constructor(address: ServerAddress) {
    this.#control = new SideConnection(address);
    this.#locker = new SideConnection(address);
    this.#binlog = new Binlog(this.#control);
    this.#catalogue = new Catalogue(this.#control);
  }

  async start(): Promise<void> {
    await this.#control.run(`drop database if exists ${STORE}`);
    await this.#control.run(`create database ${STORE}`);
    await this.#binlog.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#control.close(), this.#locker.close()]);
  }

  /**
   * A cut with everything that was committed before the call, and no half transaction. It does not wait for open
   * transactions.
   */
  capture(scope: Scope): Promise<Cut> {
    return this.#mutex.run(async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const cut = await this.#tryCapture(scope).catch((error: unknown) => this.#unlessAltered(error));
        if (cut !== undefined) return cut;
      }
      throw internalError('emulator: the schema changes too often to take a snapshot');
    });
  }

  /**
   * Undefined if the error came because a table was altered or dropped after its columns were read, before its rows
   * were.
   */
  async #unlessAltered(error: unknown): Promise<undefined> {
    const news = await this.#binlog.news();
    this.#catalogue.note(news);
    if (!news.schemaChanged || !ALTERED.has((error as { readonly errno?: number }).errno ?? 0)) throw error;
    return undefined;
  }

  hasDatabase(name: string): Promise<boolean> {
    return this.#mutex.run(() => this.#catalogue.hasDatabase(name));
  }

  /** Deletes versions that none of these cuts sees. */
  purge(versions: readonly number[]): Promise<void> {
    return this.#mutex.run(async () => {
      for (const history of this.#histories.keys()) await this.#control.run(history.purge(versions));
    });
  }

  /** Undefined if the schema changed meanwhile. */
  async #tryCapture(scope: Scope): Promise<Cut | undefined> {
    this.#catalogue.note(await this.#binlog.news());
    const found = await this.#catalogue.listing();
    const tables = await this.#track(found, scope);
    const listing = this.#catalogue.numbered(found);
    // The tables were copied for the first time one after another, so read the log for what changed in between.
    const news = await this.#binlog.news();
    this.#catalogue.note(news);
    if (news.schemaChanged) return undefined;
    const dirty = [...tables.values()].filter((table) => this.#catalogue.changes(table) !== undefined);
    // The log was read after the call, and it has no commit to these tables. So their kept versions are the state at
    // the call.
    if (dirty.length === 0) return { version: this.#version, tables, listing };
    const version = ++this.#version;
    return (await this.#takeTogether([...tables.values()], version)) ? { version, tables, listing } : undefined;
  }

  async #track(listing: readonly Listed[], scope: Scope): Promise<Map<string, TrackedTable>> {
    const tables = new Map<string, TrackedTable>();
    for (const listed of listing.filter((table) => table.kind === 'r' && inScope(table, scope))) {
      const tracked = await this.#catalogue.track(listed);
      tables.set(tableKey(listed.database, listed.table), tracked);
      if (!this.#histories.has(tracked.history)) await this.#takeFirst(tracked);
    }
    return tables;
  }

  /** Copies the bulk of a table without locking it. Rows that change meanwhile are in the log and are taken later. */
  async #takeFirst(table: TrackedTable): Promise<void> {
    const version = ++this.#version;
    this.#catalogue.markClean(table);
    await this.#control.run(table.history.clear());
    await this.#control.run(table.history.takeAll(table.shape, version));
    this.#histories.set(table.history, version);
  }

  /** Reads the tables while no transaction can commit. False if the schema has changed. */
  async #takeTogether(tables: readonly TrackedTable[], version: number): Promise<boolean> {
    let dirty: TrackedTable[] = [];
    await this.#control.run('begin');
    try {
      await this.#locker.run('backup stage start');
      try {
        await this.#locker.run('backup stage block_commit');
        const news = await this.#binlog.news();
        this.#catalogue.note(news);
        if (news.schemaChanged) return false;
        dirty = tables.filter((table) => this.#catalogue.changes(table) !== undefined);
        for (const table of dirty) await this.#read(table, version);
      } finally {
        await this.#locker.run('backup stage end');
      }
      for (const { history } of dirty) for (const sql of history.closeReplaced(version)) await this.#control.run(sql);
      await this.#control.run('commit');
      for (const table of dirty) this.#catalogue.markClean(table);
      return true;
    } finally {
      await this.#control.run('rollback');
    }
  }

  async #read(table: TrackedTable, version: number): Promise<void> {
    const keys = this.#catalogue.changes(table) ?? 'any';
    for (const sql of table.history.take(table.shape, version, keys)) await this.#control.run(sql);
  }
}

const inScope = (listed: Listed, scope: Scope): boolean =>
  (scope.database === undefined || scope.database === listed.database) &&
  (scope.table === undefined || scope.table === listed.table);
