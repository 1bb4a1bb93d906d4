import type { Place } from '../task/uri/secret-place.ts';
import type { SecretReference } from '../task/uri/secret-reference.ts';

/** Reads the passwords that references point to. */
export interface SecretReader {
  /**
   * May answer from a cache. `to`: where the password will be sent; refused when the secret itself names another place.
   * Leave it out when the password is not sent anywhere. An error's message says what is in the way, and never holds a
   * secret.
   */
  read(reference: SecretReference, to?: Place): Promise<string>;
  /** Call it when the server refused the password: the next read asks for it again. */
  forget(reference: SecretReference): void;
}

/** Keeps the passwords of tasks. A name is the task's id and a random part, `<id>/<random>`. */
export interface TaskSecrets extends SecretReader {
  /** Keeps texts by their keys, for some days only: a secret that nobody confirms is deleted then. */
  propose(name: string, content: Readonly<Record<string, string>>): Promise<void>;
  /** Keeps the secret until it is removed. Reading a secret confirms it too, since only a stored task refers to it. */
  confirm(name: string): Promise<void>;
  /** Schedules the deletion of the secret within days, unless it is confirmed. No error if it is gone. */
  retract(name: string): Promise<void>;
  /** Deletes the secret at once and for good. No error if it is gone. */
  remove(name: string): Promise<void>;
}
