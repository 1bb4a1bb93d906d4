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

/** Time that a compute node may need to learn of a snapshot that another node has made. */
const CATCH_UP_MS = 5_000;
const RETRY_MS = 100;

/** The text after a table's name that makes a query read the table at a pin. */
export const pinHint = (pin: Pin): string =>
  isHeldByPitr(pin) ? `{MO_TS = ${BigInt(pin.ts)}}` : `{snapshot = ${quoteText(pin.name)}}`;

/** A table as it was at a pin. */
export const atPin = (table: TableName, pin: Pin): string => `${quoteTable(table)}${pinHint(pin)}`;

/** The task's pins at the source: snapshots that it names, or times that a PITR holds. */
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
      // Every pin tries for a snapshot first, so the task uses snapshots again as soon as there is room.
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
   * Runs a read at pins, and repeats it while a node does not know a pin yet. Throws HISTORY_LOST if no node knows a
   * pin: the pin is gone for good, and history with it.
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

  /** The pin is the barrier's time. The barrier itself may go, because a PITR holds the history. */
  async #atBarrier(area: Area): Promise<Pin> {
    return await this.#connections.behindBarrier(area, async (connection, { ts }) => {
      if ((await pitrReach(connection, ts, area, Date.now())) === undefined) throw uncovered();
      return { name: '', ts };
    });
  }

  /** Looks for PITRs without taking a place in the quota. */
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

/** Creates the snapshot. If a table or database is gone, the next wider level covers it. */
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

/**
 * Creates the snapshot anew. If the name exists, an earlier attempt whose answer was lost has made it: that snapshot is
 * too old.
 */
async function createAnew(connection: Connection, name: string, statement: string): Promise<void> {
  try {
    await retryWhileLocked(connection, statement);
  } catch (error) {
    if (failureOf(error) !== 'snapshot-exists') throw error;
    await retryWhileLocked(connection, `drop snapshot if exists ${quoteName(name)}`);
    await retryWhileLocked(connection, statement);
  }
}
