import { sourceErrors } from '../../wire/end-errors.ts';
import type { Failure } from '../../wire/failure.ts';
import { quoteNames } from '../../sql/identifier.ts';
import { readBucketSums, readChecksum } from '../../sql/range-checksum.ts';
import { sourceHashing } from './rows/source-hashing.ts';
import { ConnectionPool } from '../../wire/connection-pool.ts';
import type { Connection, ResultSet } from '../../wire/connection.ts';
import { SessionSettings, type Variables, VERSION, versionIn } from '../../wire/session-settings.ts';
import { CdcError, isCdcError } from '../../errors.ts';
import type { BucketSums, Checksum } from '../../data/buckets.ts';
import { carriedColumns, type Row, type TableSchema } from '../../data/change.ts';
import type { Complaint } from '../../task/rejection.ts';
import type { Pin, Position, Window } from '../../data/position.ts';
import type { Changes, RowBlock } from '../../data/row-block.ts';
import { forEachConcurrently, someConcurrently } from '../../concurrency/concurrently.ts';
import type {
  ListedNames,
  ListedTable,
  NamesAsked,
  PageStart,
  RangePage,
  RangeSize,
  ReadChanges,
  RowSet,
  Source,
} from '../../replication/endpoints/source.ts';
import { attributeErrorsTo } from '../../data/table-error.ts';
import type { DatabaseAddress } from '../../task/uri/database-uri.ts';
import type { SecretReader } from '../../store/secrets.ts';
import type { Area } from '../../task/table-selection.ts';
import { DEFAULT_OPTIONS, tableKey, type TableName, type TaskOptions, type TableKey } from '../../task/task.ts';
import { Barriers } from './history/barriers.ts';
import { CaughtUpConnections } from './history/caught-up-connections.ts';
import { ChangePoll } from './poll/change-poll.ts';
import { ChangeReaders } from './changes/change-readers.ts';
import { classifyMatrixone } from '../server/error-class.ts';
import { failureOf } from '../server/failure-of.ts';
import { heldSince, pitrReach } from './history/held-history.ts';
import { rangeCondition } from './rows/key-range.ts';
import { KnownSchemas } from './catalog/known-schemas.ts';
import { atPin, pinHint, Pins } from './history/pins.ts';
import { plainTables } from './catalog/plain-tables.ts';
import { presentRows } from './rows/present-rows.ts';
import { countRows, planPage, planRanges } from './rows/range-planner.ts';
import { idOfShape, tableShapes } from './catalog/table-shapes.ts';
import { LeftBarriers } from './history/left-barriers.ts';
import { MATRIXONE_SETTINGS } from '../server/settings.ts';
import { listNames } from './name-listing.ts';
import { listTables } from './catalog/table-listing.ts';
import { tableSchema } from '../definition/read-table.ts';
import { type TableRules, USUAL_RULES } from '../definition/table-rules.ts';
import { tableDefinition } from '../definition/table-catalog.ts';
import { checkSource, refuseVersion } from './source-check.ts';
import { isUnsupportedByServer } from '../server/unsupported-by-server.ts';
import { isUnreadable } from './changes/unreadable-diff.ts';
import { StoppableStatements } from './stoppable-statements.ts';
import { UnchangedTables } from './poll/unchanged-tables.ts';

/** More tables at once only make the server's two cores busier: they answer four connections. */
const PROBE_LANES = 4;
/**
 * An attempt that failed at the sink waits this long for its work at the source, and no longer: the server may hang.
 */
const SETTLING_MS = 5_000;
/** For up to this many tables, asking each one by itself on one connection is as quick. */
const FEW_TABLES = 4;

const INCOMPARABLE: ReadonlySet<Failure> = new Set(['schema-changed', 'table-missing', 'column-missing']);

/** A MatrixOne server as the source. */
export class MatrixoneSource implements Source {
  readonly #pool: CaughtUpConnections;
  readonly #pins: Pins;
  readonly #barriers: Barriers;
  readonly #leftBarriers: LeftBarriers;
  readonly #rules: TableRules;
  readonly #schemas: KnownSchemas;
  readonly #changes: ChangeReaders;
  readonly #unchanged: UnchangedTables;
  readonly #poll: ChangePoll;
  /** Statements that look for changes. */
  readonly #looking = new StoppableStatements();

  /** `secrets` reads the password, if the address refers to one. */
  constructor(
    address: DatabaseAddress,
    signal: AbortSignal,
    rules = USUAL_RULES,
    { history, allowUntestedVersion }: Pick<TaskOptions, 'history' | 'allowUntestedVersion'> = DEFAULT_OPTIONS,
    secrets?: SecretReader,
  ) {
    const toError = sourceErrors(classifyMatrixone);
    const passwords = secrets === undefined ? undefined : { end: 'source' as const, secrets };
    const settings = new SessionSettings(MATRIXONE_SETTINGS, toError, [VERSION]);
    const greet = (_session: Connection, variables: Variables): void => {
      refuseVersion(versionIn(variables), allowUntestedVersion);
    };
    const options = { address, settings, toError, greet, passwords };
    const barriers = new Barriers(signal);
    this.#pool = new CaughtUpConnections(new ConnectionPool(options, signal), barriers);
    this.#barriers = barriers;
    this.#leftBarriers = new LeftBarriers(barriers, options);
    this.#pins = new Pins(this.#pool, barriers, history);
    this.#rules = rules;
    this.#schemas = new KnownSchemas({
      describe: (table, at) => this.#describe(table, at),
      shapes: (tables, at) => this.#pins.reading([at], () => this.#pool.use((s) => tableShapes(s, tables, at))),
    });
    this.#changes = new ChangeReaders(rules.changeReader, {
      schemas: this.#schemas,
      use: (pins, work) => this.#useStoppably(pins, work),
      planRanges: (schema, at, size) =>
        this.#useStoppably([at], (connection) => planRanges(connection, schema, at, size)),
      checksum: (schema, at, range) => this.checksum(schema, at, range, 'matrixone'),
      bucketSums: (schema, at, range, of) => this.bucketSums(schema, at, range, of, 'matrixone'),
      streaming: (pins, open) => this.#streaming(pins, open, true),
    });
    this.#unchanged = new UnchangedTables((pins, work) => this.#useStoppably(pins, work));
    this.#poll = new ChangePoll(this.#unchanged, (table, since) => this.#changed(table, since));
  }

  check(area: Area): Promise<Complaint[]> {
    return checkSource(this.#pool, this.#pins, area, this.#rules);
  }

  names(asked: NamesAsked): Promise<ListedNames> {
    return this.#pool.use((connection) => listNames(connection, asked));
  }

  createPin(name: string, area: Area): Promise<Pin> {
    this.#unchanged.forget(name);
    return this.#pins.create(name, area);
  }

  heldSince(ts: Position, area: Area): Promise<Pin | undefined> {
    return this.#pool.use((connection) => heldSince(connection, ts, area, Date.now()));
  }

  pitrReach(ts: Position, area: Area, known: number | undefined): Promise<number | undefined> {
    return this.#pool.use((connection) => pitrReach(connection, ts, area, Date.now(), known));
  }

  pins(prefix: string): Promise<Pin[]> {
    return this.#pins.list(prefix);
  }

  dropPin(name: string): Promise<void> {
    return this.#pins.drop(name);
  }

  async tables(databases: readonly string[] | 'account', at: Pin): Promise<ListedTable[]> {
    const listed = await this.#pins.reading([at], () => this.#pool.use((s) => listTables(s, databases, at)));
    this.#schemas.note(at, new Map(listed.map(({ name, shape }) => [tableKey(name), shape])));
    return listed.map(({ name, id, kind }) => ({ name, id, kind }));
  }

  async plainTables(databases: readonly string[] | 'account', at: Pin): Promise<ReadonlySet<string>> {
    try {
      return await this.#pins.reading([at], () => this.#pool.use((s) => plainTables(s, databases, at)));
    } catch (error) {
      if (isUnsupportedByServer(error)) return new Set();
      throw error;
    }
  }

  describe(table: TableName, at: Pin): Promise<TableSchema> {
    return this.#schemas.describe(table, at);
  }

  shapes(tables: readonly TableName[], at: Pin): Promise<ReadonlyMap<TableKey, string>> {
    return this.#schemas.shapes(tables, at);
  }

  countRows(table: TableName, at: Pin): Promise<number> {
    return this.#pins.reading([at], () => this.#pool.use((connection) => countRows(connection, table, at)));
  }

  planPage(schema: TableSchema, at: Pin, size: RangeSize, page: PageStart): Promise<RangePage> {
    return this.#pins.reading([at], () => this.#pool.use((connection) => planPage(connection, schema, at, size, page)));
  }

  checksum(...[schema, at, range, hash]: Parameters<Source['checksum']>): Promise<Checksum | undefined> {
    const sql = sourceHashing(schema, hash)?.checksumQuery(atPin(schema.table, at), rangeCondition(schema, range));
    return this.#summed(at, sql, readChecksum);
  }

  bucketSums(...[schema, at, range, of, hash]: Parameters<Source['bucketSums']>): Promise<BucketSums | undefined> {
    const sql = sourceHashing(schema, hash)?.bucketQuery(atPin(schema.table, at), rangeCondition(schema, range), of);
    return this.#summed(at, sql, readBucketSums);
  }

  async #summed<T>(at: Pin, sql: string | undefined, read: (result: ResultSet) => T): Promise<T | undefined> {
    if (sql === undefined) return undefined;
    try {
      return await this.#useStoppably([at], async (connection) => read(await connection.query(sql)));
    } catch (error) {
      // The server cannot pack some column. Any other error shows again when the rows are read.
      if (isCdcError(error, 'SOURCE_ERROR')) return undefined;
      throw error;
    }
  }

  async *readRange(schema: TableSchema, at: Pin, set: RowSet): AsyncGenerator<RowBlock, void, undefined> {
    const columns = quoteNames(carriedColumns(schema).map((column) => column.name));
    const sql = `select ${columns} from ${atPin(schema.table, at)} where ${rangeCondition(schema, set)}`;
    yield* this.#streaming([at], (connection) => connection.stream(sql));
  }

  present(schema: TableSchema, at: Pin, rows: readonly Row[]): Promise<Row[]> {
    return this.#pins.reading([at], () => this.#pool.use((connection) => presentRows(connection, schema, at, rows)));
  }

  async changedSince(tables: readonly TableName[], since: Pin): Promise<boolean> {
    if (tables.length > FEW_TABLES) return this.#poll.changedSince(tables, since, PROBE_LANES);
    if (this.#rules.changeReader !== 'diff') await this.#schemas.prepare(tables, since);
    return someConcurrently(tables, 1, (table) => this.#changed(table, since));
  }

  async changedTables(tables: readonly TableName[], window: Window): Promise<ReadonlySet<TableKey>> {
    const few = tables.length <= FEW_TABLES;
    const same = few ? new Set<TableKey>() : await this.#unchanged.between(tables, window, PROBE_LANES);
    const changed = new Set<TableKey>();
    const open = tables.filter((table) => !same.has(tableKey(table)));
    await forEachConcurrently(open, PROBE_LANES, (table) =>
      attributeErrorsTo(table, async () => {
        if ((await this.countChanges(table, window)) > 0) changed.add(tableKey(table));
      }),
    );
    if (!few) this.#poll.note(changed);
    return changed;
  }

  countChanges(table: TableName, window: Window): Promise<number> {
    return this.#changes.countChanges(table, window);
  }

  readChanges(
    schema: TableSchema,
    window: Window,
    { reading = 'steady', compared = () => undefined }: ReadChanges = {},
  ): AsyncIterable<Changes> {
    return this.#changes.readChanges(schema, window, { reading, compared });
  }

  stopChanges(): Promise<void> {
    return this.#looking.stop((pins, work) => this.#pins.reading(pins, () => this.#pool.use(work)));
  }

  async close(): Promise<void> {
    await this.#barriers.settled(SETTLING_MS);
    await this.#pool.close();
    await this.#leftBarriers.drop();
  }

  #describe(table: TableName, at: Pin): Promise<TableSchema> {
    return this.#pins.reading([at], () =>
      this.#pool.use(async (connection) => {
        const definition = await tableDefinition(connection, table, pinHint(at));
        if (definition === undefined) {
          throw new CdcError('SOURCE_TABLE_MISSING', `The source has no table ${tableKey(table)}.`);
        }
        const key = tableKey(table);
        const shape = this.#schemas.shapeOf(table, at) ?? (await tableShapes(connection, [table], at)).get(key);
        if (shape === undefined)
          throw new CdcError('SOURCE_TABLE_MISSING', `The source does not list the table ${key}.`);
        return tableSchema(table, idOfShape(shape), definition, this.#rules);
      }),
    );
  }

  /** Has the table changed? A table that was altered or dropped cannot be compared, and counts as changed. */
  async #changed(table: TableName, since: Pin): Promise<boolean> {
    try {
      return await this.#changes.changedSince(table, since);
    } catch (error) {
      if (INCOMPARABLE.has(failureOf(error)) || isUnreadable(error)) return true;
      if (isCdcError(error, 'SOURCE_TABLE_MISSING')) return true;
      throw error;
    }
  }

  /** Reads at pins in a way that `stopChanges` ends. */
  #useStoppably<T>(pins: readonly Pin[], work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#pins.reading(pins, () =>
      this.#pool.use((connection) => this.#looking.during(connection, () => work(connection))),
    );
  }

  /** Streams from a connection of its own. Retries only before the first batch. `stopChanges` ends `stoppable` ones. */
  async *#streaming<T>(
    pins: readonly Pin[],
    open: (connection: Connection) => AsyncGenerator<T, void, undefined>,
    stoppable = false,
  ): AsyncGenerator<T, void, undefined> {
    const opened = (connection: Connection): AsyncGenerator<T, void, undefined> =>
      stoppable ? this.#looking.stream(connection, open(connection)) : open(connection);
    const { connection, batches, first } = await this.#pins.reading(pins, () => this.#begin(opened));
    let complete = false;
    try {
      if (first.done !== true) {
        yield first.value;
        yield* batches;
      }
      complete = true;
    } finally {
      if (complete) this.#pool.release(connection);
      else this.#pool.discard(connection);
    }
  }

  async #begin<T>(open: (connection: Connection) => AsyncGenerator<T, void, undefined>) {
    const connection = await this.#pool.acquire();
    try {
      const batches = open(connection);
      return { connection, batches, first: await batches.next() };
    } catch (error) {
      this.#pool.discard(connection);
      throw error;
    }
  }
}
