import { CdcError } from '../errors.ts';
import { ConnectionProblem } from './driver/connection-problem.ts';
import type { ToError } from './end-errors.ts';
import { driverError } from './failure.ts';
import type { Connection } from './connection.ts';

/** A server variable and the value that every session needs: without it, statements mean something else. */
export interface Setting {
  readonly name: string;
  readonly value: string | number | bigint;
  /** Some versions or kinds of servers do not know the variable. If the server knows it, it must have the value. */
  readonly whereKnown?: true;
  /** A larger number is fine too: not every user may set the variable. */
  readonly atLeast?: true;
}

/** Statements are UTF-8, and answers are read as UTF-8. */
export const UTF8: readonly Setting[] = ['client', 'connection', 'results'].map((part) => ({
  name: `character_set_${part}`,
  value: 'utf8mb4',
}));

/** Variables of a session by name, as the server shows them. */
export type Variables = ReadonlyMap<string, string>;

/** Read together with the settings of each session, so it costs no further round trip. */
export const VERSION = 'version';

export const versionIn = (variables: Variables): string => variables.get(VERSION) ?? '';

const ON = new Set(['on', 'true', 'yes']);
const OFF = new Set(['off', 'false', 'no']);

/**
 * Sets the variables of every session of a pool, and reads them back. A server may have defaults of its own (`set
 * global`, `init_connect`, `skip-character-set-client-handshake`), and a proxy may change statements on the way.
 */
export class SessionSettings {
  readonly #settings: readonly Setting[];
  readonly #asked: string;
  readonly #toError: ToError;
  /** Variables that only some servers know, and that this server is known to know. */
  readonly #known = new Set<string>();

  /** `more`: variables that are only read. */
  constructor(settings: readonly Setting[], toError: ToError, more: readonly string[] = []) {
    const names = [...settings.map(({ name }) => name), ...more].map((name) => `'${name}'`);
    this.#settings = settings;
    this.#asked = `show variables where variable_name in (${names.join(', ')})`;
    this.#toError = toError;
  }

  /**
   * Sets the variables and returns them as the server shows them: two round trips. The first session takes two more if
   * the server knows variables that only some servers know and have another value.
   */
  async apply(connection: Connection): Promise<Variables> {
    await this.#set(
      connection,
      this.#settings.filter(({ name, whereKnown }) => whereKnown !== true || this.#known.has(name)),
    );
    let found = await this.#read(connection);
    const wrong = misfits(this.#settings, found).filter(({ whereKnown }) => whereKnown === true);
    if (wrong.length > 0) {
      for (const { name } of wrong) this.#known.add(name);
      await this.#set(connection, wrong);
      found = await this.#read(connection);
    }
    const left = misfits(this.#settings, found);
    if (left.length > 0) throw this.#refusal(listed(left.map((setting) => difference(setting, found))));
    return found;
  }

  async #set(connection: Connection, settings: readonly Setting[]): Promise<void> {
    if (settings.length === 0) return;
    try {
      await connection.query(setStatement(settings));
    } catch (error) {
      throw isRefusal(error) ? this.#refusal(error.message) : error;
    }
  }

  async #read(connection: Connection): Promise<Variables> {
    const { rows } = await connection.query(this.#asked);
    return new Map(rows.map(([name, value]) => [(name ?? '').toString().toLowerCase(), (value ?? '').toString()]));
  }

  #refusal(detail: string): CdcError {
    return this.#toError(
      new ConnectionProblem('settings', `The session cannot be made what the task relies on: ${detail}`),
    );
  }
}

/** Only ASCII without a backslash or double quotes: it means the same in every character set and SQL mode. */
export const setStatement = (settings: readonly Setting[]): string =>
  `set ${settings.map(({ name, value }) => `${name} = ${typeof value === 'string' ? `'${value}'` : String(value)}`).join(', ')}`;

/** The settings that a session lacks. */
export const misfits = (settings: readonly Setting[], found: Variables): Setting[] =>
  settings.filter(({ name, value, whereKnown, atLeast }) => {
    const shown = found.get(name);
    if (shown === undefined) return whereKnown !== true;
    if (atLeast === true && Number(shown) >= Number(value)) return false;
    return canonical(shown) !== canonical(String(value));
  });

/** Servers show switches as 1 or ON, and the members of a set in their own order. */
function canonical(value: string): string {
  const text = value.toLowerCase();
  if (ON.has(text)) return '1';
  return OFF.has(text) ? '0' : text.split(',').sort().join();
}

const MOST_LISTED = 3;

const listed = (texts: readonly string[]): string =>
  [...texts.slice(0, MOST_LISTED), ...(texts.length > MOST_LISTED ? ['…'] : [])].join(', ');

const difference = ({ name, value }: Setting, found: Variables): string =>
  `${name} is ${found.has(name) ? `'${found.get(name) ?? ''}'` : 'not shown'} instead of '${value}'`;

/** A missing right; variables that are unknown, only global or read only, or that refuse the type or the value. */
const REFUSALS = new Set([1227, 1193, 1229, 1238, 1232, 1231]);
/** The text decides for MatrixOne, which has one number for nearly everything. */
const REFUSAL = /system variable|variable .* cannot be/iu;

/** Did the server refuse to set a variable? False for a failed login or connection. */
function isRefusal(error: unknown): error is CdcError {
  if (!(error instanceof CdcError)) return false;
  const { errno, message } = driverError(error.cause);
  return REFUSALS.has(errno) || (errno > 0 && REFUSAL.test(message));
}
