import type { Place } from '../task/uri/secret-place.ts';
import type { SecretReference } from '../task/uri/secret-reference.ts';

/** Reads passwords where references say that they are kept. */
export interface SecretReader {
  /**
   * May come from a cache. `to` is where it is to be sent: refused where the secret itself names another place. Without,
   * it is not sent anywhere. An error's message says what is in the way, and never holds a secret.
   */
  read(reference: SecretReference, to?: Place): Promise<string>;
  /** The password was refused: it is asked for anew, by whoever reads it next. */
  forget(reference: SecretReference): void;
}

/** Keeps the passwords of tasks; names are the task's id and a part of chance, `<id>/<chance>`. */
export interface TaskSecrets extends SecretReader {
  /** Keeps texts by their keys, for some days only: what nobody confirms goes away by itself. */
  propose(name: string, content: Readonly<Record<string, string>>): Promise<void>;
  /** It is kept until it is removed. Reading does the same: only a task that stands refers to it. */
  confirm(name: string): Promise<void>;
  /** It goes away within days by itself, unless it is confirmed. No error if it is gone. */
  retract(name: string): Promise<void>;
  /** It is gone at once and for good. No error if it is gone. */
  remove(name: string): Promise<void>;
}
