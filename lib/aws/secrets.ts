import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { CdcError } from '../errors.ts';
import { type Place, placeProblem } from '../task/uri/secret-place.ts';
import { describeReference, type SecretReference } from '../task/uri/secret-reference.ts';
import type { TaskSecrets } from '../store/secrets.ts';

/** Milliseconds that a password is kept in memory, unless a server refuses it. */
const CACHED_MS = 5 * 60_000;
/** The longest window of Secrets Manager: a paused task may wait this long before a worker confirms its secret. */
const RECOVERY_DAYS = 30;

const TIMES = { maxAttempts: 4, requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000 } };

interface Cached {
  readonly value: Promise<string>;
  readonly until: number;
}

/**
 * Passwords in Secrets Manager and in the Parameter Store. A task's secret is scheduled for deletion until its task is
 * known to exist. The SDK's clients are loaded when first needed.
 */
export class AwsSecrets implements TaskSecrets {
  readonly #prefix: string;
  readonly #now: () => number;
  readonly #cache = new Map<string, Cached>();
  #manager: Promise<SecretsManagerClient> | undefined;
  #parameters: Promise<SSMClient> | undefined;

  /** Tasks' secrets are named `<prefix>/<task id>/<random text>`. */
  constructor(prefix: string, now: () => number = Date.now) {
    this.#prefix = prefix;
    this.#now = now;
  }

  async read(reference: SecretReference, to?: Place): Promise<string> {
    const text = await this.#text(reference);
    try {
      const problem = to === undefined || reference.service === 'task' ? undefined : placeProblem(text, to);
      if (problem !== undefined) throw new Unusable(problem);
      return reference.service === 'ssm' ? text : textOf(text, reference.key);
    } catch (error) {
      // Somebody may correct the secret before the next try.
      this.forget(reference);
      throw unreadable(reference, error);
    }
  }

  /** The secret's whole text. Callers at the same time share one request. A failure is not cached. */
  #text(reference: SecretReference): Promise<string> {
    const key = JSON.stringify(reference);
    const cached = this.#cache.get(key);
    if (cached !== undefined && this.#now() < cached.until) return cached.value;
    const value = this.#fetch(reference);
    // The text of a task's own secret never changes under its name. Keep it: a worker that wakes up after its task was
    // dropped finds the secret gone, and still has to clean up.
    const until = reference.service === 'task' ? Infinity : this.#now() + CACHED_MS;
    const entry = { value, until };
    this.#cache.set(key, entry);
    value.catch(() => {
      if (this.#cache.get(key) === entry) this.#cache.delete(key);
    });
    return value;
  }

  forget(reference: SecretReference): void {
    this.#cache.delete(JSON.stringify(reference));
  }

  async propose(name: string, content: Readonly<Record<string, string>>): Promise<void> {
    const { CreateSecretCommand } = await import('./secrets-manager.ts');
    const manager = await this.#secretsManager();
    const [TaskId = ''] = name.split('/');
    const command = new CreateSecretCommand({
      Name: this.#fullName(name),
      Description: `The passwords of the change data capture task ${TaskId}.`,
      SecretString: JSON.stringify(content),
      Tags: [{ Key: 'task-id', Value: TaskId }],
    });
    await call('keep the passwords of the task', () => manager.send(command));
    try {
      await this.retract(name);
    } catch (error) {
      await this.remove(name);
      throw error;
    }
  }

  async confirm(name: string): Promise<void> {
    const { RestoreSecretCommand } = await import('./secrets-manager.ts');
    const manager = await this.#secretsManager();
    const command = new RestoreSecretCommand({ SecretId: this.#fullName(name) });
    await call('keep the passwords of the task', () => manager.send(command), NOT_SCHEDULED);
  }

  async retract(name: string): Promise<void> {
    const { DeleteSecretCommand } = await import('./secrets-manager.ts');
    const manager = await this.#secretsManager();
    const command = new DeleteSecretCommand({ SecretId: this.#fullName(name), RecoveryWindowInDays: RECOVERY_DAYS });
    await call('schedule the deletion of passwords', () => manager.send(command), GONE);
  }

  async remove(name: string): Promise<void> {
    const { DeleteSecretCommand } = await import('./secrets-manager.ts');
    const manager = await this.#secretsManager();
    const command = new DeleteSecretCommand({ SecretId: this.#fullName(name), ForceDeleteWithoutRecovery: true });
    await call('delete the passwords of the task', () => manager.send(command), GONE);
  }

  async #fetch(reference: SecretReference): Promise<string> {
    try {
      switch (reference.service) {
        case 'ssm':
          return await this.#parameter(reference.name);
        case 'task':
          return await this.#ownSecret(reference.name);
        case 'secretsmanager':
          this.#refuseOwn(reference.id);
          return await this.#secret(reference.id);
      }
    } catch (error) {
      throw unreadable(reference, error);
    }
  }

  async #parameter(Name: string): Promise<string> {
    const { GetParameterCommand, SSMClient } = await import('./parameter-store.ts');
    this.#parameters ??= Promise.resolve(new SSMClient(TIMES));
    const { Parameter } = await (await this.#parameters).send(new GetParameterCommand({ Name, WithDecryption: true }));
    if (Parameter?.Value === undefined) throw new Unusable('it has no value');
    return Parameter.Value;
  }

  async #secret(SecretId: string): Promise<string> {
    const { GetSecretValueCommand } = await import('./secrets-manager.ts');
    const { SecretString } = await (await this.#secretsManager()).send(new GetSecretValueCommand({ SecretId }));
    if (SecretString === undefined) throw new Unusable('it has no text');
    return SecretString;
  }

  /** Only an existing task refers to its own secret. If it is scheduled for deletion, nobody has confirmed it yet. */
  async #ownSecret(name: string): Promise<string> {
    try {
      return await this.#secret(this.#fullName(name));
    } catch (error) {
      if (!hasName(error, 'InvalidRequestException')) throw error;
      await this.confirm(name);
      return await this.#secret(this.#fullName(name));
    }
  }

  /** Otherwise anyone who may create tasks could send another task's password to a server of their own. */
  #refuseOwn(id: string): void {
    const [, name = id] = id.split(':secret:');
    if (name.startsWith(`${this.#prefix.split('/')[0] ?? ''}/`)) throw new Unusable("it is a task's own");
  }

  #secretsManager(): Promise<SecretsManagerClient> {
    this.#manager ??= import('./secrets-manager.ts').then(
      ({ SecretsManagerClient }) => new SecretsManagerClient(TIMES),
    );
    return this.#manager;
  }

  #fullName(name: string): string {
    return `${this.#prefix}/${name}`;
  }
}

/** The secret's content cannot be used. The message says why, and quotes nothing of the content. */
class Unusable extends Error {}

/** The secret is gone already, or scheduled for deletion (which Secrets Manager refuses to schedule again). */
const GONE = ['ResourceNotFoundException', 'InvalidRequestException'];
const NOT_SCHEDULED = ['InvalidRequestException'];

async function call(step: string, send: () => Promise<unknown>, done: readonly string[] = []): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (done.some((name) => hasName(error, name))) return;
    // The SDK's message may quote the request.
    throw new CdcError('SECRET_ERROR', `Secrets Manager could not ${step}: ${nameOf(error)}.`);
  }
}

/** The whole text, or one value of the JSON object in it. */
function textOf(text: string, key: string | undefined): string {
  if (key === undefined) return text;
  const value = valueOf(text, key);
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new Unusable(`it is no JSON object with a text under the key ${key}`);
  }
  return String(value);
}

function valueOf(text: string, key: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    return Object.entries(parsed).find(([name]) => name === key)?.[1];
  } catch {
    return undefined;
  }
}

const unreadable = (reference: SecretReference, error: unknown): CdcError => {
  const reason = error instanceof Unusable ? error.message : nameOf(error);
  return new CdcError('SECRET_ERROR', `${describeReference(reference)} cannot be used: ${reason}.`);
};

const nameOf = (error: unknown): string => (error instanceof CdcError ? error.code : errorName(error));
const errorName = (error: unknown): string => (error instanceof Error ? error.name : 'unknown error');
const hasName = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;
