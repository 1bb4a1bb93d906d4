import { CdcError } from '../../lib/errors.ts';
import { type Place, placeProblem } from '../../lib/task/uri/secret-place.ts';
import type { SecretReference } from '../../lib/task/uri/secret-reference.ts';
import type { TaskSecrets } from '../../lib/store/secrets.ts';

interface Kept {
  readonly content: Readonly<Record<string, string>>;
  /** True: the secret is scheduled for deletion. */
  readonly scheduled: boolean;
}

/** Passwords in memory, without a cache. */
export class MemorySecrets implements TaskSecrets {
  readonly kept = new Map<string, Kept>();
  /** Secrets that do not belong to tasks, by the name that references give. */
  readonly others = new Map<string, string>();
  readonly forgotten: SecretReference[] = [];
  reads = 0;

  read(reference: SecretReference, to?: Place): Promise<string> {
    this.reads += 1;
    const found = this.#find(reference);
    if (found === undefined) return Promise.reject(new CdcError('SECRET_ERROR', 'There is no such secret.'));
    const problem = to === undefined || reference.service === 'task' ? undefined : placeProblem(found, to);
    return problem === undefined ? Promise.resolve(found) : Promise.reject(new CdcError('SECRET_ERROR', problem));
  }

  forget(reference: SecretReference): void {
    this.forgotten.push(reference);
  }

  propose(name: string, content: Readonly<Record<string, string>>): Promise<void> {
    this.kept.set(name, { content, scheduled: true });
    return Promise.resolve();
  }

  confirm(name: string): Promise<void> {
    return this.#schedule(name, false);
  }

  retract(name: string): Promise<void> {
    return this.#schedule(name, true);
  }

  remove(name: string): Promise<void> {
    this.kept.delete(name);
    return Promise.resolve();
  }

  #find(reference: SecretReference): string | undefined {
    switch (reference.service) {
      case 'ssm':
        return this.others.get(reference.name);
      case 'secretsmanager':
        return this.others.get(reference.id);
      case 'task': {
        const kept = this.kept.get(reference.name);
        if (kept !== undefined) this.kept.set(reference.name, { ...kept, scheduled: false });
        return kept?.content[reference.key];
      }
    }
  }

  #schedule(name: string, scheduled: boolean): Promise<void> {
    const kept = this.kept.get(name);
    if (kept !== undefined) this.kept.set(name, { ...kept, scheduled });
    return Promise.resolve();
  }
}
