import { setTimeout as sleep } from 'node:timers/promises';
import { CdcError } from '../errors.ts';
import { driverError, type Failure } from '../mysql/failure.ts';
import { quoteName, quoteTable } from '../mysql/identifier.ts';
import { quoteText } from '../mysql/literal.ts';
import type { Session } from '../mysql/session.ts';
import type { SessionPool } from '../mysql/session-pool.ts';
import type { Row } from '../replication/change.ts';
import type { Pin } from '../replication/position.ts';
import type { Area } from '../task/table-selection.ts';
import type { TableName } from '../task/task.ts';
import { classifyMatrixone } from './error-class.ts';

/** Time a compute node may need to learn of a snapshot that another one has made. */
const CATCH_UP_MS = 5_000;
const RETRY_MS = 100;

export const failureOf = (error: unknown): Failure =>
  classifyMatrixone(driverError(error instanceof CdcError && error.cause !== undefined ? error.cause : error));

/** What stands behind a table's name to read it as it was at a pin. */
export const pinHint = ({ name, ts }: Pin): string =>
  name === '' ? `{MO_TS = ${BigInt(ts)}}` : `{snapshot = ${quoteText(name)}}`;

/** A table as it was at a pin. */
export const atPin = (table: TableName, pin: Pin): string => `${quoteTable(table)}${pinHint(pin)}`;

/** Snapshots of the source, by the names that tasks give them. */
export class Pins {
  readonly #pool: SessionPool;
  readonly #known = new Set<string>();

  constructor(pool: SessionPool) {
    this.#pool = pool;
  }

  create(name: string, area: Area): Promise<Pin> {
    return this.#pool.use(async (session) => {
      await createInScope(session, name, area);
      const pin = (await read(session, `sname = ${quoteText(name)}`))[0];
      if (pin === undefined) throw new CdcError('SOURCE_ERROR', `The snapshot ${name} is not listed by the source.`);
      this.#known.add(name);
      return pin;
    });
  }

  async list(prefix: string): Promise<Pin[]> {
    const condition = `left(sname, ${prefix.length}) = ${quoteText(prefix)}`;
    const pins = await this.#pool.use((session) => read(session, condition));
    for (const { name } of pins) this.#known.add(name);
    return pins;
  }

  async drop(name: string): Promise<void> {
    this.#known.delete(name);
    await this.#pool.use((session) => session.query(`drop snapshot if exists ${quoteName(name)}`));
  }

  /**
   * Runs a read at pins. A node that does not know a pin yet will in a moment; one that nobody knows is gone for good,
   * and history with it.
   */
  async reading<T>(pins: readonly Pin[], read: () => Promise<T>): Promise<T> {
    const deadline = Date.now() + CATCH_UP_MS;
    for (;;) {
      try {
        return await read();
      } catch (error) {
        if (failureOf(error) !== 'snapshot-missing') throw error;
        if (Date.now() > deadline || !(await this.#allExist(pins))) throw lost(error, pins);
        await sleep(RETRY_MS);
      }
    }
  }

  async #allExist(pins: readonly Pin[]): Promise<boolean> {
    const named = pins.filter(({ name }) => name !== '');
    if (named.every(({ name }) => this.#known.has(name))) return true;
    const names = named.map(({ name }) => quoteText(name)).join(', ');
    const found = await this.#pool.use((session) => read(session, `sname in (${names})`));
    return new Set(found.map(({ name }) => name)).size === new Set(named.map(({ name }) => name)).size;
  }
}

const lost = (error: unknown, pins: readonly Pin[]): CdcError =>
  new CdcError('HISTORY_LOST', `The source has lost history: ${pins.map(({ name, ts }) => name || ts).join(' or ')}.`, {
    cause: error,
  });

async function read(session: Session, condition: string): Promise<Pin[]> {
  const { rows } = await session.query(`select sname, ts from mo_catalog.mo_snapshots where ${condition}`);
  return rows.map((row) => ({ name: text(row, 0), ts: text(row, 1) }));
}

const text = (row: Row, index: number): string => row[index]?.toString('utf8') ?? '';

/** A table or database that is not there any more is covered by the next wider level. */
async function createInScope(session: Session, name: string, area: Area): Promise<void> {
  const databases = area === 'account' ? [] : area.map(({ database }) => ({ database }));
  const wider: readonly Area[] = [area, databases, 'account'];
  for (const [level, covered] of wider.entries()) {
    try {
      await createAnew(session, name, `create snapshot ${quoteName(name)} for ${await scope(session, covered)}`);
      return;
    } catch (error) {
      const absent = ['table-missing', 'database-missing'].includes(failureOf(error));
      if (!absent || level === wider.length - 1) throw error;
    }
  }
}

/** An earlier attempt whose answer was lost may have made it: that one is too old to be a bound. */
async function createAnew(session: Session, name: string, statement: string): Promise<void> {
  try {
    await session.query(statement);
  } catch (error) {
    if (failureOf(error) !== 'snapshot-exists') throw error;
    await session.query(`drop snapshot if exists ${quoteName(name)}`);
    await session.query(statement);
  }
}

/**
 * The narrowest level that covers the area: a snapshot holds back garbage collection for its own level only. MatrixOne
 * writes the names into a statement of its own without escaping them: those with quotes need a wider level.
 */
async function scope(session: Session, area: Area): Promise<string> {
  const [first, ...others] = area === 'account' ? [] : area;
  if (first !== undefined && others.every(({ database }) => database === first.database) && plain(first.database)) {
    const { database, table } = first;
    const one = others.length === 0 && table !== undefined && plain(table);
    return one ? `table ${quoteName(database)} ${quoteName(table)}` : `database ${quoteName(database)}`;
  }
  const { rows } = await session.query('select current_account_name()');
  return `account ${quoteName(text(rows[0] ?? [], 0))}`;
}

const plain = (name: string): boolean => !/['"\\]/u.test(name);
