import { expect, it } from 'vitest';
import { CdcError } from '../../../lib/errors.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { withSecretsKept, withSecretsRemoved } from '../../../lib/store/secret-stores.ts';
import type { TaskRecord } from '../../../lib/record/task-record.ts';
import type { TaskSpec } from '../../../lib/task/task.ts';
import { type Gate, gated } from '../../support/gate.ts';
import { MemorySecrets } from '../../support/memory-secrets.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { taskRecord, taskSpec } from '../../support/task-records.ts';

const FIRST = { sourceUri: 'mysql://u:source-1@a', sinkUri: 'mysql://u:sink-1@b' };
const OTHER_SINK = { sinkUri: 'mysql://u:sink-2@b' };
const REFERRED = 'mysql://u:{{resolve:ssm:/pw}}@a';

const open: Gate = () => Promise.resolve();

/** A store that keeps passwords, whose process may be killed or refused at any call. */
class World {
  readonly secrets = new MemorySecrets();
  readonly store = new MemoryStore();

  tasks(gate = open) {
    return withSecretsKept(gated(this.store, 'store', gate), gated(this.secrets, 'secrets', gate));
  }

  async task(): Promise<TaskRecord | undefined> {
    return await this.store.get('t');
  }

  async create(uris: Partial<TaskSpec>, gate = open): Promise<void> {
    await this.tasks(gate).create(taskRecord('t', { spec: taskSpec('t', uris) }));
  }

  async edit(uris: Partial<TaskSpec>, gate = open): Promise<void> {
    const seen = await this.task();
    if (seen !== undefined) await this.tasks(gate).edit(seen, { ...seen.spec, ...uris });
  }

  async drop(gate = open): Promise<void> {
    const seen = await this.task();
    if (seen === undefined) return;
    const lease = { owner: 'w', until: Date.now() + 1, runsUntil: Date.now() + 1 };
    const acquired = await this.store.acquire('t', lease, Date.now() + 60_000);
    if (acquired.outcome !== 'acquired') throw new Error(acquired.outcome);
    const workers = withSecretsRemoved(gated(this.store, 'store', gate), gated(this.secrets, 'secrets', gate));
    await workers.remove(acquired.key);
  }

  /** What a worker connects with. */
  async passwords(): Promise<string[]> {
    const spec = (await this.task())?.spec;
    const uris = spec === undefined ? [] : [spec.sourceUri, spec.sinkUri];
    return await Promise.all(
      uris.map((uri) => {
        const { secret, password } = parseDatabaseUri(uri);
        return secret === undefined ? Promise.resolve(password) : this.secrets.read(secret);
      }),
    );
  }

  /** Secrets that stay for ever unless somebody removes them. */
  get staying(): string[] {
    return [...this.secrets.kept].filter(([, { scheduled }]) => !scheduled).map(([name]) => name);
  }
}

const stored = async (world: World): Promise<string> => JSON.stringify(await world.task());

it('keeps passwords out of what is stored, in one secret of a task', async () => {
  const world = new World();
  await world.create(FIRST);
  expect(await stored(world)).not.toMatch(/source-1|sink-1/u);
  expect(world.staying).toHaveLength(1);
  expect(await world.passwords()).toStrictEqual(['source-1', 'sink-1']);
  const [first] = world.staying;
  await world.edit(OTHER_SINK);
  expect(await stored(world)).not.toMatch(/source-1|sink-/u);
  expect(await world.passwords()).toStrictEqual(['source-1', 'sink-2']);
  expect(world.staying).toHaveLength(1);
  expect([...world.secrets.kept.keys()]).not.toContain(first);
  await world.drop();
  expect(world.secrets.kept.size).toBe(0);
});

it("leaves users' references as they are, and takes what they take the place of away", async () => {
  const world = new World();
  world.secrets.others.set('/pw', 'elsewhere');
  await world.create({ sourceUri: REFERRED, sinkUri: REFERRED });
  expect(world.secrets.kept.size).toBe(0);
  await world.edit(OTHER_SINK);
  expect(await world.passwords()).toStrictEqual(['elsewhere', 'sink-2']);
  await world.edit({ sinkUri: REFERRED });
  expect(world.secrets.kept.size).toBe(0);
  expect((await world.task())?.spec).toMatchObject({ sourceUri: REFERRED, sinkUri: REFERRED });
});

it('does not touch secrets when an edit is about something else', async () => {
  const world = new World();
  await world.create(FIRST);
  const before = world.staying;
  await world.edit({ exclude: ['x'] });
  expect(world.staying).toStrictEqual(before);
});

it.each(['create', 'edit'] as const)('leaves nothing of a refused %s behind', async (command) => {
  const world = new World();
  await world.create(FIRST);
  const before = [...world.secrets.kept];
  const code = command === 'create' ? 'TASK_EXISTS' : 'TASK_EDIT_CONFLICT';
  const conflict: Gate = (call, when) =>
    when === 'before' && call === `store.${command}` ? Promise.reject(new CdcError(code, 'no')) : Promise.resolve();
  const asked = command === 'create' ? world.create(OTHER_SINK, conflict) : world.edit(OTHER_SINK, conflict);
  await expect(asked).rejects.toMatchObject({ code });
  expect([...world.secrets.kept]).toStrictEqual(before);
  expect(await world.passwords()).toStrictEqual(['source-1', 'sink-1']);
});

it.each(['create', 'edit'] as const)('keeps what a %s may have stored, when its answer is lost', async (command) => {
  const world = new World();
  if (command === 'edit') await world.create(FIRST);
  const lost: Gate = (call, when) =>
    when === 'after' && call === `store.${command}`
      ? Promise.reject(new CdcError('STORE_ERROR', 'lost'))
      : Promise.resolve();
  const asked = command === 'create' ? world.create(FIRST, lost) : world.edit(OTHER_SINK, lost);
  await expect(asked).rejects.toMatchObject({ code: 'STORE_ERROR' });
  expect(await world.passwords()).toStrictEqual(['source-1', command === 'create' ? 'sink-1' : 'sink-2']);
});

it('keeps what the task refers to after an edit that was refused all the same', async () => {
  const world = new World();
  await world.create(FIRST);
  const repeated: Gate = async (call, when) => {
    if (when !== 'after' || call !== 'store.edit') return;
    // The edit was stored and another one upon it before its repeat was refused.
    const seen = (await world.task()) ?? expect.fail();
    await world.store.edit(seen, { ...seen.spec, exclude: ['x'] });
    throw new CdcError('TASK_EDIT_CONFLICT', 'no');
  };
  await expect(world.edit(OTHER_SINK, repeated)).rejects.toMatchObject({ code: 'TASK_EDIT_CONFLICT' });
  const text = await stored(world);
  expect(world.staying.filter((secret) => text.includes(secret))).toHaveLength(1);
  expect(await world.passwords()).toStrictEqual(['source-1', 'sink-2']);
});

/** Every call from this one on fails: the process is gone, or cannot reach anybody any more. */
function dying(at: number, error: Error): { readonly gate: Gate; readonly died: () => boolean } {
  let calls = 0;
  const gate: Gate = () => {
    calls += 1;
    return calls > at ? Promise.reject(error) : Promise.resolve();
  };
  return { gate, died: () => calls > at };
}

const COMMANDS = {
  create: { before: [], run: (world: World, gate: Gate) => world.create(FIRST, gate) },
  edit: { before: ['create'], run: (world: World, gate: Gate) => world.edit(OTHER_SINK, gate) },
  drop: { before: ['create'], run: (world: World, gate: Gate) => world.drop(gate) },
} as const;

const ERRORS = { killed: new Error('killed'), 'cut off': new CdcError('SECRET_ERROR', 'no answer') };

for (const [name, { before, run }] of Object.entries(COMMANDS)) {
  it.each(Object.entries(ERRORS))(
    `loses no password and leaves none for ever: ${name}, %s at any call`,
    async (_, error) => {
      for (let at = 0; ; at += 1) {
        const world = new World();
        if (before.length > 0) await world.create(FIRST);
        const { gate, died } = dying(at, error);
        await run(world, gate).catch(() => undefined);
        // Whatever stays without a task to refer to it would do so for ever.
        const text = await stored(world);
        expect(world.staying.filter((secret) => !text.includes(secret))).toStrictEqual([]);
        const passwords = await world.passwords();
        if ((await world.task()) !== undefined) {
          expect([['source-1', 'sink-1'].join(), ['source-1', 'sink-2'].join()]).toContain(passwords.join());
        }
        // A worker has read them: now they stay, and the next command goes through.
        await world.edit(OTHER_SINK);
        await world.drop();
        expect(world.staying).toStrictEqual([]);
        if (!died()) break;
      }
    },
  );
}
