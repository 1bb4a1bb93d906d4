import { isCdcError } from '../../errors.ts';
import { type DatabaseAddress, parseDatabaseUri } from '../../task/uri/database-uri.ts';
import { hasPassword } from './same-uri.ts';
import { unfilled } from './variables.ts';

const MASK = '******';

/** Names the environment variables that stand for the passwords of exported tasks. */
export class PasswordVariables {
  /** By what they stand for: a login at a server, or the whole URI of a task. */
  readonly #names = new Map<string, string>();

  /** All names that were given, in order. */
  get names(): readonly string[] {
    return [...this.#names.values()];
  }

  /** The name of the variable for the password of a login; undefined if no task has this login. */
  nameOf({ user, host, port }: Pick<DatabaseAddress, 'user' | 'host' | 'port'>): string | undefined {
    return this.#names.get(loginText(user, host, port));
  }

  /**
   * The URI of a task for a file: a variable takes the place of the masked password. A login at a server has one
   * password, so all tasks with this login share a variable. If all of the URI is masked, the variable stands for all
   * of it.
   */
  place(shown: string, task: string, end: 'source' | 'sink'): string {
    const address = addressOf(shown);
    if (address === undefined) return `\${${this.#nameFor(`${task} ${end}`, `${task}_${end}_URI`)}}`;
    if (!hasPassword(shown)) return unfilled(shown);
    const { user, host, port } = address;
    const name = this.#nameFor(loginText(user, host, port), `PASSWORD_${user}_${host}_${port}`);
    const at = shown.lastIndexOf(`:${MASK}@`);
    return `${unfilled(shown.slice(0, at))}:\${${name}}${unfilled(shown.slice(at + MASK.length + 1))}`;
  }

  /** Two things may lead to one name, because few characters may stand in it: the second gets a number. */
  #nameFor(what: string, text: string): string {
    const known = this.#names.get(what);
    if (known !== undefined) return known;
    const base = `MO_CDC_${text.toUpperCase().replaceAll(/[^A-Z0-9]+/gu, '_')}`;
    let name = base;
    for (let number = 2; this.names.includes(name); number += 1) name = `${base}_${number}`;
    this.#names.set(what, name);
    return name;
  }
}

const loginText = (user: string, host: string, port: number): string => `${user} at ${host}:${port}`;

/** Undefined if the URI is masked so much that nobody can read the address. */
function addressOf(shown: string): ReturnType<typeof parseDatabaseUri> | undefined {
  try {
    return parseDatabaseUri(shown);
  } catch (error) {
    if (isCdcError(error, 'URI_INVALID')) return undefined;
    throw error;
  }
}
