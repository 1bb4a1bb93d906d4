import { CdcError } from '../errors.ts';
import type { ErrorCode } from '../error-codes.ts';
import type { Row, TableSchema } from '../data/change.ts';
import type { Complaint } from '../task/rejection.ts';
import type { Changes, Rows } from '../data/row-block.ts';
import type { BatchMode, FenceFound, Sink, SinkBatch } from '../replication/endpoints/sink.ts';
import type {
  Chunk,
  Claim,
  ClaimedChunk,
  ExistingRows,
  PlanPart,
  PlanState,
} from '../replication/endpoints/chunk-plans.ts';
import type { RowsToFollow, SchemaChange, SinkTable } from '../replication/endpoints/sink-tables.ts';
import type { KeyRange, RowSet } from '../replication/endpoints/source.ts';
import type { BucketSums, Checksum, RowHash } from '../data/buckets.ts';
import type { DatabaseAddress } from '../task/uri/database-uri.ts';
import type { SecretReader } from '../store/secrets.ts';
import type { TableName, TableKey } from '../task/task.ts';
import type { TakenTable } from '../data/taken-table.ts';
import { Begun } from './write/begun.ts';
import { bookkeeping, isMissing, type Bookkeeping } from './bookkeeping/bookkeeping.ts';
import { ChangeBatch } from './write/change-batch.ts';
import { ChunkClaims } from './bookkeeping/chunk-claims.ts';
import { ChunkLedger } from './bookkeeping/chunk-ledger.ts';
import type { Dialect } from './dialect/dialect.ts';
import { sinkErrors } from '../wire/end-errors.ts';
import { Fence } from './bookkeeping/fence.ts';
import { emptyInPortions, refuseRows } from './write/existing-rows.ts';
import { quoteTable } from '../sql/identifier.ts';
import { LoaderPlaces } from './bookkeeping/loader-places.ts';
import { RefusedRows, type TableWriters } from './write/refused-row.ts';
import { RowLoader } from './write/row-loader.ts';
import { KnownLimits } from './dialect/server-limits.ts';
import type { Connection, ConnectionOptions } from '../wire/connection.ts';
import { ConnectionPool } from '../wire/connection-pool.ts';
import { SessionSettings, type Variables, VERSION, versionIn } from '../wire/session-settings.ts';
import { checkSink } from './sink-check.ts';
import { SinkColumns } from './schema/sink-columns.ts';
import { SinkRows, writingFor } from './sink-rows.ts';
import { Staging } from './write/staging.ts';
import type { Writing } from '../sql/statements.ts';
import { TableAlterer } from './schema/table-alterer.ts';
import { despiteOthers, TableOwners } from './bookkeeping/table-owners.ts';
import { inTransaction } from '../wire/transaction.ts';

export interface DatabaseSinkOptions {
  readonly address: DatabaseAddress;
  readonly dialect: Dialect;
  /** Names the task's rows in the bookkeeping database. */
  readonly taskId: string;
  /** The database that holds fences and chunk plans. */
  readonly database: string;
  readonly signal: AbortSignal;
  /** Reads the password, if the address refers to one. */
  readonly secrets?: SecretReader | undefined;
  /** Limits of statements, if the task has any. */
  readonly maxSqlLength?: number | undefined;
  readonly sendSqlTimeoutMs?: number | undefined;
  readonly allowUntestedVersion?: boolean | undefined;
}

/** A MatrixOne, MySQL or MariaDB server as the sink. */
export class DatabaseSink implements Sink {
  readonly #dialect: Dialect;
  readonly #books: Bookkeeping;
  readonly #limits: KnownLimits;
  readonly #pool: ConnectionPool;
  readonly #fence: Fence;
  readonly #ledger: ChunkLedger;
  readonly #places: LoaderPlaces;
  readonly #claims: ChunkClaims;
  readonly #loader: RowLoader;
  readonly #columns: SinkColumns;
  readonly #writers: TableWriters;
  readonly #refused: RefusedRows;
  readonly #alterer: TableAlterer;
  readonly #owners: TableOwners;
  readonly #rows: SinkRows;
  #stages = 0;

  constructor({ address, dialect, taskId, database, signal, secrets, ...options }: DatabaseSinkOptions) {
    const { allowUntestedVersion = false, ...limits } = options;
    this.#dialect = dialect;
    this.#books = bookkeeping(database, taskId, dialect);
    const toError = sinkErrors((error) => dialect.classify(error));
    const known = new KnownLimits(dialect);
    const greet = (connection: Connection, variables: Variables): void => {
      refuseVersion(dialect.unsuitable(versionIn(variables), allowUntestedVersion));
      known.apply(connection, variables);
    };
    const limit = timeLimit(limits.sendSqlTimeoutMs);
    const passwords = secrets === undefined ? undefined : { end: 'sink' as const, secrets };
    this.#limits = known;
    const settings = new SessionSettings(dialect.settings, toError, [VERSION, ...dialect.limitVariables]);
    this.#pool = new ConnectionPool({ address, settings, toError, limit, greet, passwords }, signal);
    this.#fence = new Fence(this.#pool, this.#books);
    this.#ledger = new ChunkLedger(this.#books);
    this.#places = new LoaderPlaces(this.#books);
    this.#owners = new TableOwners(this.#books);
    this.#claims = new ChunkClaims(this.#books, this.#places);
    const writing: Writing = {
      literalOf: ({ type }) => dialect.literalOf(type),
      longest: limits.maxSqlLength,
      get most() {
        return known.statement;
      },
    };
    this.#loader = new RowLoader(dialect, writing);
    this.#columns = new SinkColumns(dialect);
    this.#alterer = new TableAlterer(this.#pool, this.#fence, dialect);
    this.#rows = new SinkRows(this.#pool, dialect, this.#columns, writing);
    this.#writers = {
      own: (connection, table) => this.#columns.spelled(connection, table),
      writing: async (connection, table) => writingFor(writing, dialect, await this.#columns.types(connection, table)),
    };
    this.#refused = new RefusedRows(this.#pool, this.#writers);
  }

  check(tables: readonly SinkTable[], existingRows: 'refuse' | 'replace'): Promise<Complaint[]> {
    return checkSink(this.#pool, this.#dialect, this.#books, tables, existingRows);
  }

  hasSnapshot(name: string): Promise<boolean> {
    const { hasSnapshot } = this.#dialect;
    return hasSnapshot === undefined
      ? Promise.resolve(false)
      : this.#pool.use((connection) => hasSnapshot(connection, name));
  }

  transactionBytes(): Promise<number | undefined> {
    return this.#pool.use(() => Promise.resolve(this.#limits.transaction));
  }

  takeOver(epoch: number): Promise<FenceFound> {
    return this.#fence.takeOver(epoch);
  }

  async ownTables(names: readonly TableName[]): Promise<readonly TakenTable[]> {
    if (await this.#pool.use((connection) => this.#owners.hasAll(connection, names))) return [];
    await despiteOthers(() => this.#take(names));
    return await this.#pool.use((connection) => this.#owners.taken(connection, names));
  }

  async keepTables(names: readonly TableName[]): Promise<void> {
    const others = await this.#pool.use((connection) => this.#owners.others(connection, names));
    if (others.length === 0) return;
    await this.#pool.use((connection) =>
      this.#fence.write(connection, undefined, () => this.#owners.free(connection, others)),
    );
  }

  async createTable(table: SinkTable): Promise<void> {
    this.#columns.forget(table);
    await this.#alterer.create(table);
  }

  hasTable({ name }: SinkTable): Promise<boolean> {
    return this.#pool.use(async (connection) => (await this.#dialect.describe(connection, name)) !== undefined);
  }

  carried(table: SinkTable, before?: TableSchema): Promise<TableSchema> {
    return this.#pool.use((connection) => this.#columns.carried(connection, table, before));
  }

  omitted(schema: TableSchema): Promise<readonly string[]> {
    return Promise.resolve([...(schema.details.notUnderstood ?? []), ...this.#dialect.omitted(schema)]);
  }

  async alterTable(table: SinkTable, before: TableSchema | undefined, rows: RowsToFollow): Promise<void> {
    this.#columns.forget(table);
    await this.#alterer.alter(table, before, rows);
  }

  async finishTable(table: SinkTable, before: TableSchema | undefined): Promise<readonly string[]> {
    this.#columns.forget(table);
    return await this.#alterer.finish(table, before);
  }

  statementsFor(change: SchemaChange): Promise<readonly string[]> {
    return this.#alterer.statementsFor(change);
  }

  async dropTable(name: TableName): Promise<void> {
    this.#columns.forget({ name });
    await this.#alterer.drop(name);
  }

  readRange(table: SinkTable, set: RowSet): AsyncIterable<Rows> {
    return this.#rows.range(table, set);
  }

  keepsOrder(table: SinkTable): Promise<boolean> {
    return this.#rows.keepsOrder(table);
  }

  readKeys(table: SinkTable, rows: readonly Row[]): AsyncIterable<Rows> {
    return this.#rows.keys(table, rows);
  }

  get rowHash(): RowHash | undefined {
    return this.#dialect.rowHash;
  }

  async checksum(table: SinkTable, range: KeyRange): Promise<Checksum | undefined> {
    return await this.#rows.checksum(table, range);
  }

  async bucketSums(table: SinkTable, range: KeyRange, of: number): Promise<BucketSums | undefined> {
    return await this.#rows.bucketSums(table, range, of);
  }

  comparedForm(table: SinkTable): Promise<((row: Row) => Row) | undefined> {
    return this.#rows.comparedForm(table);
  }

  chunks(table: SinkTable, generation: number): Promise<Chunk[] | undefined> {
    return this.#pool.use((connection) => this.#ledger.read(connection, table.name, generation));
  }

  async planLoad(table: SinkTable, generation: number, part: PlanPart, existingRows: ExistingRows): Promise<void> {
    const mayBeLarge = existingRows === 'replace' && !this.#dialect.emptiesAtOnce;
    if (mayBeLarge) await emptyInPortions(this.#pool, this.#fence, table.name);
    await this.#underFence(async (connection) => {
      if (existingRows === 'replace') await connection.query(`delete from ${quoteTable(table.name)}`);
      if (existingRows === 'refuse') await refuseRows(connection, table);
      await this.#ledger.plan(connection, table.name, generation, { ...part, epoch: this.#fence.epoch });
    });
  }

  restOfPlan(table: SinkTable, generation: number): Promise<Chunk | undefined> {
    return this.#pool.use((connection) => this.#ledger.rest(connection, table.name, generation));
  }

  async extendPlan({ name }: SinkTable, generation: number, rest: Chunk, part: PlanPart): Promise<void> {
    const next = { ...part, epoch: this.#fence.epoch };
    await this.#underFence((connection) => this.#ledger.extend(connection, name, generation, rest, next));
  }

  async loadChunk(table: SinkTable, generation: number, chunk: Chunk, rows: AsyncIterable<Rows>): Promise<number> {
    const { epoch } = this.#fence;
    const begun = await Begun.of(rows);
    const work = (connection: Connection): Promise<number> =>
      inTransaction(connection, async () => {
        await this.#ledger.markDone(connection, table.name, generation, chunk, epoch);
        const same = await this.#columns.same(connection, table);
        const own = await this.#columns.spelled(connection, table);
        const count = await this.#loader.load(connection, quoteTable(table.name), own.schema, same, begun);
        await this.#ledger.count(connection, table.name, generation, chunk, count);
        return count;
      });
    try {
      return await this.#pool.use(work);
    } catch (error) {
      throw await this.#refused.explainedLoad(error, table, rows);
    } finally {
      begun.end();
    }
  }

  async forgetChunks(): Promise<void> {
    await this.#underFence(async (connection) => {
      await this.#ledger.forget(connection);
      await this.#places.close(connection);
    });
  }

  join(epoch: number): Promise<void> {
    return this.#fence.join(epoch);
  }

  async openPlaces(owner: string, count: number): Promise<void> {
    await this.#underFence((connection) => this.#places.open(connection, owner, count));
  }

  holdPlace(place: number, owner: string, milliseconds: number): Promise<boolean> {
    return this.#pool.use((connection) => this.#places.hold(connection, place, owner, milliseconds));
  }

  freePlaces(): Promise<number[]> {
    return this.#pool.use((connection) => this.#places.free(connection));
  }

  claimChunks(claim: Claim): Promise<ClaimedChunk[]> {
    const { epoch } = this.#fence;
    return this.#pool.use((connection) => this.#claims.take(connection, claim, epoch));
  }

  async releaseChunk(generation: number, chunk: ClaimedChunk): Promise<void> {
    const { epoch } = this.#fence;
    await this.#pool.use((connection) => this.#claims.release(connection, generation, chunk, epoch));
  }

  plans(generation: number): Promise<ReadonlyMap<TableKey, PlanState>> {
    return this.#pool.use((connection) => this.#ledger.states(connection, generation));
  }

  beginBatch(mode: BatchMode): SinkBatch {
    return new ChangeBatch(mode, this.#pool, this.#fence, this.#ledger, {
      ...this.#writers,
      staging: (connection) => this.#staging(connection),
      refused: this.#refused,
    });
  }

  explainRefusal(table: SinkTable, code: ErrorCode, changes: AsyncIterable<Changes>): Promise<string | undefined> {
    return this.#refused.find(table, code, changes);
  }

  async forget(epoch: number): Promise<void> {
    try {
      const owned = await this.#pool.use((connection) => this.#owners.owned(connection));
      await this.#fence.forget(epoch, (connection) => this.#owners.free(connection, owned));
    } catch (error) {
      // A task that never wrote has left nothing to forget.
      if (!isMissing(error)) throw error;
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  #take(names: readonly TableName[]): Promise<void> {
    return this.#underFence((connection) => this.#owners.take(connection, names));
  }

  #underFence(work: (connection: Connection) => Promise<void>): Promise<void> {
    return this.#pool.use((connection) => this.#fence.write(connection, undefined, () => work(connection)));
  }

  #staging(connection: Connection): Staging {
    const name = (): string => this.#books.stage(++this.#stages);
    return new Staging(connection, this.#loader, this.#dialect, this.#columns, name);
  }
}

const timeLimit = (milliseconds: number | undefined): ConnectionOptions['limit'] =>
  milliseconds === undefined
    ? undefined
    : {
        milliseconds,
        error: () => new CdcError('SINK_TIMEOUT', `A statement at the sink took longer than ${milliseconds} ms.`),
      };

function refuseVersion(reason: string | undefined): void {
  if (reason !== undefined) throw new CdcError('SINK_UNSUPPORTED', `The sink cannot be used: ${reason}.`);
}
