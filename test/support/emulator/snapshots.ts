import { internalError, missingTable, notSupported } from './matrixone-error.ts';
import type { Catalog } from './catalog.ts';
import { tableKey, type TrackedTable } from './history/catalogue.ts';
import type { Cut, History, Scope } from './history/history.ts';

export interface Snapshot {
  readonly name: string;
  /** Nanoseconds since 1970. */
  readonly ts: string;
  readonly cut: Cut;
  readonly scope: Scope;
  readonly account: string;
}

/** Milliseconds for which a dropped snapshot can still be read, by statements that were written before the drop. */
const KEEP_DROPPED_MS = 5_000;
const PURGE_EVERY_MS = 3_000;
/** The most snapshots of each level that an account other than `sys` may have, unless its quota is changed. */
const ACCOUNT_QUOTA = 50;

/** The snapshots of the server, and the states that are read without one. */
export class Snapshots {
  readonly #history: History;
  readonly #catalog: Catalog;
  readonly #quota: number | undefined;
  readonly #snapshots = new Map<string, Snapshot>();
  /** Dropped snapshots whose times a PITR still holds. */
  #held: readonly Snapshot[] = [];
  #retired: { readonly version: number; readonly at: number }[] = [];
  #lastTs = 0n;
  #purging: NodeJS.Timeout | undefined;

  constructor(history: History, catalog: Catalog, quota: number | undefined) {
    this.#history = history;
    this.#catalog = catalog;
    this.#quota = quota;
  }

  has(name: string): boolean {
    return this.#snapshots.has(name);
  }

  async create(name: string, scope: Scope, account: string): Promise<void> {
    if (this.has(name)) throw internalError(`snapshot ${name} already exists`);
    this.#checkQuota(scope, account);
    const cut = await this.#history.capture(scope);
    await this.#checkPresent(cut, scope);
    if (this.has(name)) throw internalError(`snapshot ${name} already exists`);
    this.#checkQuota(scope, account);
    const snapshot = { name, ts: this.#nextTs(), cut, scope, account };
    this.#snapshots.set(name, snapshot);
    await this.#catalog.addSnapshot(snapshot).catch((error: unknown) => {
      this.#snapshots.delete(name);
      this.#retire(cut.version);
      throw error;
    });
  }

  async drop(name: string): Promise<void> {
    const snapshot = this.#snapshots.get(name);
    if (snapshot === undefined) throw internalError(`snapshot ${name} does not exist`);
    // The server behind may be gone. Then this fails before anything has happened.
    const isHeld = await this.#catalog.isHeld(snapshot);
    await this.#catalog.removeSnapshot(name);
    if (!this.#snapshots.delete(name)) throw internalError(`snapshot ${name} does not exist`);
    if (isHeld) this.#held = [...this.#held, snapshot];
    else this.#retire(snapshot.cut.version);
  }

  async dropAll(account: string): Promise<void> {
    for (const { name, account: owner } of [...this.#snapshots.values()]) if (owner === account) await this.drop(name);
    await this.forgetUnheld();
  }

  /** After a PITR was dropped, forgets the states that only it has held. */
  async forgetUnheld(): Promise<void> {
    for (const snapshot of this.#held) {
      if (await this.#catalog.isHeld(snapshot)) continue;
      this.#held = this.#held.filter((other) => other !== snapshot);
      this.#retire(snapshot.cut.version);
    }
  }

  find(name: string): Snapshot {
    const snapshot = this.#snapshots.get(name);
    if (snapshot === undefined) throw internalError(`find 0 snapshot records by name(${name}), expect only 1`);
    return snapshot;
  }

  /**
   * The state at a time: that of the last snapshot before it. Snapshots that were dropped while a PITR held them count,
   * too. The answer is exact only if nothing was written between that snapshot and the time. Throws if there is no such
   * snapshot.
   */
  findAt(ts: string): Snapshot {
    let found: Snapshot | undefined;
    for (const snapshot of [...this.#held, ...this.#snapshots.values()]) {
      if (BigInt(snapshot.ts) > BigInt(ts) || BigInt(snapshot.ts) < BigInt(found?.ts ?? 0)) continue;
      found = snapshot;
    }
    if (found === undefined) throw notSupported(`a time before the first snapshot, ${ts}`);
    return found;
  }

  /** The table as it is now. */
  async now(database: string, table: string): Promise<{ readonly cut: Cut; readonly table: TrackedTable }> {
    const cut = await this.#history.capture({ database, table });
    this.#retire(cut.version);
    return { cut, table: tableAt(cut, database, table, 'now') };
  }

  stop(): void {
    clearInterval(this.#purging);
  }

  start(): void {
    this.#purging = setInterval(() => void this.#purge().catch(() => undefined), PURGE_EVERY_MS);
    this.#purging.unref();
  }

  #retire(version: number): void {
    this.#retired.push({ version, at: Date.now() });
  }

  async #purge(): Promise<void> {
    if (this.#retired.length === 0) return;
    this.#retired = this.#retired.filter(({ at }) => at > Date.now() - KEEP_DROPPED_MS);
    const live = [...this.#snapshots.values(), ...this.#held].map(({ cut }) => cut.version);
    await this.#history.purge([...new Set([...live, ...this.#retired.map(({ version }) => version)])]);
  }

  #checkQuota(scope: Scope, account: string): void {
    const level = levelOf(scope);
    const quota = account === 'sys' ? this.#quota : (this.#quota ?? ACCOUNT_QUOTA);
    const own = [...this.#snapshots.values()].filter((snapshot) => snapshot.account === account);
    const count = own.filter((snapshot) => levelOf(snapshot.scope) === level).length;
    if (quota === undefined || count < quota) return;
    throw internalError(`feature SNAPSHOT with scope ${level} has reached the limit of ${quota}`);
  }

  async #checkPresent(cut: Cut, { database, table }: Scope): Promise<void> {
    if (database === undefined) return;
    if (table !== undefined) {
      if (!cut.tables.has(tableKey(database, table))) throw internalError(`table ${database}.${table} does not exist`);
    } else if (cut.tables.size === 0 && !(await this.#history.hasDatabase(database))) {
      throw internalError(`database ${database} does not exist`);
    }
  }

  #nextTs(): string {
    const now = BigInt(Date.now()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n);
    this.#lastTs = now > this.#lastTs ? now : this.#lastTs + 1n;
    return this.#lastTs.toString();
  }
}

export const levelOf = ({ database, table }: Scope): 'account' | 'database' | 'table' =>
  table !== undefined ? 'table' : database !== undefined ? 'database' : 'account';

export const tableAt = (cut: Cut, database: string, table: string, snapshot: string): TrackedTable => {
  const found = cut.tables.get(tableKey(database, table));
  if (found !== undefined) return found;
  const exists = cut.listing.some((listed) => listed.database === database && listed.table === table);
  // MatrixOne would read it, but nothing holds its history: a replicator that relies on this loses data.
  if (exists) throw notSupported(`snapshot "${snapshot}" does not cover ${database}.${table}`);
  throw missingTable(table);
};
