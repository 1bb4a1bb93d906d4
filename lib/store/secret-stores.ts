import { randomBytes } from 'node:crypto';
import { isOfScope } from '../error-codes.ts';
import { CdcError } from '../errors.ts';
import { parseDatabaseUri, withReference } from '../task/uri/database-uri.ts';
import { ownReference, type SecretEnd } from '../task/uri/secret-reference.ts';
import type { TaskSecrets } from './secrets.ts';
import type { TaskRecord } from '../record/task-record.ts';
import type { LeaseKey, TaskStore, WorkerStore } from './task-store.ts';
import type { TaskSpec } from '../task/task.ts';

type Uris = Pick<TaskSpec, 'sourceUri' | 'sinkUri'>;

const SETTINGS = { source: 'sourceUri', sink: 'sinkUri' } as const;
const ENDS: readonly SecretEnd[] = ['source', 'sink'];

/**
 * Moves passwords out of the URIs of tasks before they are stored. A new secret has a scheduled deletion until the task
 * that refers to it is stored. An old secret gets one before its task may stop referring to it. So whatever a crash
 * leaves behind is deleted in time, and a worker that reads a secret of a stored task confirms it.
 */
export function withSecretsKept(store: TaskStore, secrets: TaskSecrets): TaskStore {
  return {
    get: (name) => store.get(name),
    list: (after) => store.list(after),
    setDesired: (name, desired) => store.setDesired(name, desired),
    restart: (name) => store.restart(name),
    check: (name, kind, tables) => store.check(name, kind, tables),
    drop: (name, force) => store.drop(name, force),
    create: (record) => createKept(store, secrets, record),
    edit: (seen, spec) => editKept(store, secrets, seen, spec),
  };
}

/** Removes the secrets of a task together with its item. */
export function withSecretsRemoved(store: WorkerStore, secrets: TaskSecrets): WorkerStore {
  return {
    acquire: (name, lease, now) => store.acquire(name, lease, now),
    renew: (key, until, underWay) => store.renew(key, until, underWay),
    watch: (key) => store.watch(key),
    release: (key) => store.release(key),
    saveProgress: (key, progress, leaseUntil, adopts) => store.saveProgress(key, progress, leaseUntil, adopts),
    saveError: (key, error) => store.saveError(key, error),
    isDropped: (key) => store.isDropped(key),
    remove: (key) => removeAll(store, secrets, key),
  };
}

async function createKept(store: TaskStore, secrets: TaskSecrets, record: TaskRecord): Promise<void> {
  const { spec, added } = await keep(secrets, record.id, record.spec);
  try {
    await store.create({ ...record, spec });
  } catch (error) {
    if (isRefusal(error)) await leaveToWorker(added, (name) => secrets.remove(name));
    throw error;
  }
  await leaveToWorker(added, (name) => secrets.confirm(name));
}

async function editKept(
  store: TaskStore,
  secrets: TaskSecrets,
  seen: TaskRecord,
  declared: TaskSpec,
): Promise<TaskRecord> {
  const { spec, added } = await keep(secrets, seen.id, declared);
  const used = new Set(namesIn(spec));
  const replaced = namesIn(seen.spec).filter((name) => !used.has(name));
  await all(replaced, (name) => secrets.retract(name));
  const record = await store.edit(seen, spec).catch(async (error: unknown) => {
    // The edit may have been stored all the same, so keep both secrets.
    await leaveToWorker(replaced, (name) => secrets.confirm(name));
    if (isRefusal(error)) await leaveToWorker([...replaced, ...added], (name) => keepUsed(store, secrets, seen, name));
    throw error;
  });
  await leaveToWorker(added, (name) => secrets.confirm(name));
  await leaveToWorker(replaced, (name) => secrets.remove(name));
  return record;
}

/**
 * The refused edit may be the repeat of an edit that was stored: its answer was lost, and another edit came after it.
 * So keep the secrets that the stored task refers to, and remove the others.
 */
async function keepUsed(store: TaskStore, secrets: TaskSecrets, seen: TaskRecord, name: string): Promise<void> {
  const found = await store.get(seen.spec.name);
  const isUsed = found !== undefined && namesIn(found.spec).includes(name);
  await (isUsed ? secrets.confirm(name) : secrets.remove(name));
}

async function removeAll(store: WorkerStore, secrets: TaskSecrets, key: LeaseKey): Promise<void> {
  const names = namesIn((await store.watch(key)).spec);
  await all(names, (name) => secrets.retract(name));
  await store.remove(key);
  await leaveToWorker(names, (name) => secrets.remove(name));
}

/**
 * Replaces passwords by references to one new secret that holds them. `added` has the name of that secret, if it was
 * needed.
 */
async function keep(
  secrets: TaskSecrets,
  taskId: string,
  spec: TaskSpec,
): Promise<{ readonly spec: TaskSpec; readonly added: readonly string[] }> {
  if (ENDS.every((end) => addressOf(spec, end).secret !== undefined)) return { spec, added: [] };
  const content: Record<string, string> = {};
  const uris: { -readonly [Setting in keyof Uris]: string } = { sourceUri: spec.sourceUri, sinkUri: spec.sinkUri };
  const name = `${taskId}/${randomBytes(8).toString('hex')}`;
  for (const end of ENDS) {
    const { secret, password } = addressOf(spec, end);
    if (secret !== undefined && secret.service !== 'task') continue;
    // A task has only one secret, so copy what an older one holds.
    content[end] = secret === undefined ? password : await secrets.read(secret);
    uris[SETTINGS[end]] = withReference(spec[SETTINGS[end]], ownReference(name, end));
  }
  await secrets.propose(name, content);
  return { spec: { ...spec, ...uris }, added: [name] };
}

const addressOf = (spec: TaskSpec, end: SecretEnd) => parseDatabaseUri(spec[SETTINGS[end]]);

/** The names of the product's own secrets that a task refers to. */
function namesIn(spec: TaskSpec): string[] {
  const found = ENDS.flatMap((end) => {
    const { secret } = addressOf(spec, end);
    return secret?.service === 'task' ? [secret.name] : [];
  });
  return [...new Set(found)];
}

const all = async (names: readonly string[], work: (name: string) => Promise<void>): Promise<void> => {
  for (const name of names) await work(name);
};

/**
 * The store has already accepted or refused the task, so a failure here must not fail the command. A worker confirms
 * the secrets that it reads, and the others are deleted in time.
 */
async function leaveToWorker(names: readonly string[], work: (name: string) => Promise<void>): Promise<void> {
  try {
    await all(names, work);
  } catch (error) {
    if (!(error instanceof CdcError)) throw error;
  }
}

/** A refusal that is certain: what was not stored by then will not be. */
const isRefusal = (error: unknown): boolean => error instanceof CdcError && isOfScope(error.code, 'command');
