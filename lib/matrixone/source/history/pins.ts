import { setTimeout as sleep } from 'node:timers/promises';
import { CdcError } from '../../../errors.ts';
import { quoteName, quoteTable } from '../../../sql/identifier.ts';
import { quoteText } from '../../../sql/literal.ts';
import type { Connection } from '../../../wire/connection.ts';
import { isHeldByPitr, type Pin } from '../../../data/position.ts';
import type { Area } from '../../../task/table-selection.ts';
import type { TableName, TaskOptions } from '../../../task/task.ts';
import type { Barriers } from './barriers.ts';
import type { CaughtUpConnections } from './caught-up-connections.ts';
import { retryWhileLocked } from '../../server/retry-while-locked.ts';
import { failureOf } from '../../server/failure-of.ts';
import { pitrReach } from './held-history.ts';
import { areaParts, covers, listPitrs } from './pitrs.ts';
import { readSnapshots } from './snapshot-rows.ts';
import { snapshotScope } from './snapshot-scope.ts';

/** Time a compute node may need to learn of a snapshot that another one has made. */
const CATCH_UP_MS = 5_000;
const RETRY_MS = 100;

/** What stands behind a table's name to read it as it was at a pin. */
export const pinHint = (pin: Pin): string =>
  isHeldByPitr(pin) ? `{MO_TS = ${BigInt(pin.ts)}}` : `{snapshot = ${quoteText(pin.name)}}`;

/** A table as it was at a pin. */
export const atPin = (table: TableName, pin: Pin): string => `${quoteTable(table)}${pinHint(pin)}`;

/** The points of the source that a task stands on: snapshots by the names that it gives them, or times that a PITR holds. */
export class Pins {
  readonly #connections: CaughtUpConnections;
  readonly #barriers: Barriers;
  readonly #history: TaskOptions['history'];
  readonly #known = new Set<string>();

  constructor(connections: CaughtUpConnections, barriers: Barriers, history: TaskOptions['history']) {
    this.#connections = connections;
    this.#barriers = barriers;
    this.#history = history;
  }

  async create(name: string, area: Area): Promise<Pin> {
    this.#barriers.belongTo(name.slice(0, name.lastIndexOf('_', name.lastIndexOf('_') - 1) + 1));
    if (this.#history === 'pitr') return await this.#atBarrier(area);
    try {
      return await this.#snapshot(name, area);
    } catch (error) {
      if (this.#history === 'snapshots' || failureOf(error) !== 'snapshot-quota') throw error;
      // Each pin tries for a snapshot of its own: as soon as there is room again, they come back.
      if (!(await this.#hasPitr(area))) throw error;
      return await this.#atBarrier(area);
    }
  }

  async list(prefix: string): Promise<Pin[]> {
    this.#barriers.belongTo(prefix);
    const condition = `left(sname, ${prefix.length}) = ${quoteText(prefix)}`;
    const pins = await this.#connections.use((connection) => readSnapshots(connection, condition));
    for (const { name } of pins) this.#known.add(name);
    return pins;
  }

  async drop(name: string): Promise<void> {
    this.#known.delete(name);
    await this.#connections.use((connection) =>
      retryWhileLocked(connection, `drop snapshot if exists ${quoteName(name)}`),
    );
  }

  /**
   * Runs a read at pins. A node that does not know a pin yet will in a moment; one that nobody knows is gone for good,
   * and history with it.
   */
  async reading<T>(pins: readonly Pin[], read: () => Promise<T>): Promise<T> {
    for (const pin of pins.filter(isHeldByPitr)) this.#connections.upTo(BigInt(pin.ts));
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

  async #snapshot(name: string, area: Area): Promise<Pin> {
    return await this.#connections.use(async (connection) => {
      await createInScope(connection, name, area);
      const pin = (await readSnapshots(connection, `sname = ${quoteText(name)}`))[0];
      if (pin === undefined) throw new CdcError('SOURCE_ERROR', `The snapshot ${name} is not listed by the source.`);
      this.#known.add(name);
      return pin;
    });
  }

  /** The barrier is gone afterwards: its time is what is kept, for a PITR holds what there was. */
  async #atBarrier(area: Area): Promise<Pin> {
    return await this.#connections.behindBarrier(area, async (connection, { ts }) => {
      if ((await pitrReach(connection, ts, area, Date.now())) === undefined) throw uncovered();
      return { name: '', ts };
    });
  }

  /** A look that costs no place in the quota. */
  async #hasPitr(area: Area): Promise<boolean> {
    const pitrs = (await this.#connections.use(listPitrs)).filter(({ level }) => level !== 'table');
    return areaParts(area).every((part) => pitrs.some((pitr) => covers(pitr, part)));
  }

  async #allExist(pins: readonly Pin[]): Promise<boolean> {
    const named = pins.filter((pin) => !isHeldByPitr(pin));
    if (named.every(({ name }) => this.#known.has(name))) return true;
    const names = named.map(({ name }) => quoteText(name)).join(', ');
    const found = await this.#connections.use((connection) => readSnapshots(connection, `sname in (${names})`));
    return new Set(found.map(({ name }) => name)).size === new Set(named.map(({ name }) => name)).size;
  }
}

const uncovered = (): CdcError =>
  new CdcError('PITR_MISSING', 'The source account has no PITR that covers everything that the task copies.');

const lost = (error: unknown, pins: readonly Pin[]): CdcError =>
  new CdcError('HISTORY_LOST', `The source has lost history: ${pins.map(({ name, ts }) => name || ts).join(' or ')}.`, {
    cause: error,
  });

/** A table or database that is not there any more is covered by the next wider level. */
async function createInScope(connection: Connection, name: string, area: Area): Promise<void> {
  const databases = area === 'account' ? [] : area.map(({ database }) => ({ database }));
  const wider: readonly Area[] = [area, databases, 'account'];
  for (const [level, covered] of wider.entries()) {
    try {
      await createAnew(
        connection,
        name,
        `create snapshot ${quoteName(name)} for ${await snapshotScope(connection, covered)}`,
      );
      return;
    } catch (error) {
      const absent = ['table-missing', 'database-missing'].includes(failureOf(error));
      if (!absent || level === wider.length - 1) throw error;
    }
  }
}

/** An earlier attempt whose answer was lost may have made it: that one is too old to be a bound. */
async function createAnew(connection: Connection, name: string, statement: string): Promise<void> {
  try {
    await retryWhileLocked(connection, statement);
  } catch (error) {
    if (failureOf(error) !== 'snapshot-exists') throw error;
    await retryWhileLocked(connection, `drop snapshot if exists ${quoteName(name)}`);
    await retryWhileLocked(connection, statement);
  }
}
