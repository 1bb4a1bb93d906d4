import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MatrixoneSource } from '../../../lib/matrixone/source/matrixone-source.ts';
import { USUAL_RULES } from '../../../lib/matrixone/definition/table-rules.ts';
import { isHeldByPitr, type Pin, position } from '../../../lib/data/position.ts';
import type { Source } from '../../../lib/replication/endpoints/source.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { DEFAULT_OPTIONS, type TaskOptions } from '../../../lib/task/task.ts';
import { collect, text } from '../../contracts/source-contract.ts';
import { type Account, createAccount } from '../../support/account.ts';
import { type TestServers, testServers } from '../../support/servers.ts';

/** Of an account other than `sys`: as long as nobody gives it more. */
const QUOTA = 50;
const never = new AbortController().signal;

let servers: TestServers;
let account: Account;
let db: string;
const opened: Source[] = [];

beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

const open = (
  history: TaskOptions['history'],
  changeReader: TaskOptions['changeReader'] = 'auto',
  signal = never,
): Source => {
  const source = new MatrixoneSource(
    parseDatabaseUri(account.uri),
    signal,
    { ...USUAL_RULES, changeReader },
    {
      ...DEFAULT_OPTIONS,
      history,
    },
  );
  opened.push(source);
  return source;
};
const t = () => ({ database: db, table: 't' });
const run = (...sql: string[]): Promise<void> => account.client.run(...sql);
const snapshots = (): Promise<number> => account.client.number('select count(*) from mo_catalog.mo_snapshots');
let pins = 0;
const pin = (source: Source): Promise<Pin> => source.createPin(`mo_cdc_${db}_1_${++pins}`, [t()]);

describe('the history of an account other than sys', () => {
  beforeAll(async () => {
    account = await createAccount(servers.sourceUri);
    db = `cdc_hist_${randomBytes(4).toString('hex')}`;
    await run(`create database ${db}`, `create table ${db}.t (id int primary key, v varchar(20))`);
    await run(`insert into ${db}.t values (1, 'a'), (2, 'b')`);
  });
  afterAll(async () => {
    for (const source of opened) await source.close();
    await run(`drop database if exists ${db}`);
    await account.close();
  });

  it('is held by 50 snapshots of each level', async () => {
    const source = open('snapshots');
    const made: Pin[] = [];
    for (let i = 0; i < QUOTA; i += 1) made.push(await pin(source));
    await expect(pin(source)).rejects.toMatchObject({ code: 'SNAPSHOT_QUOTA' });
    // No PITR: nothing else can be done.
    await expect(pin(open('auto'))).rejects.toMatchObject({ code: 'SNAPSHOT_QUOTA' });
    await expect(pin(open('pitr'))).rejects.toMatchObject({ code: 'PITR_MISSING' });
    expect(await open('auto').check([t()])).toMatchObject([{ code: 'SNAPSHOT_QUOTA', setting: 'sourceUri' }]);
    expect(await open('pitr').check([t()])).toMatchObject([{ code: 'PITR_MISSING', setting: 'options.history' }]);
    await run(`create pitr held for account range 1 'h'`);
    await sleep(1_100);
    for (const history of ['auto', 'pitr'] as const) expect(await open(history).check([t()])).toEqual([]);
    expect(isHeldByPitr(await pin(open('auto')))).toBe(true);
    expect(await snapshots()).toBe(QUOTA);
    for (const { name } of made) await source.dropPin(name);
    expect(isHeldByPitr(await pin(open('auto')))).toBe(false);
    for (const { name } of await source.pins('mo_cdc_')) await source.dropPin(name);
  }, 60_000);

  it.each(['diff', 'compare'] as const)('reads by %s between snapshots, times, and one of each', async (reader) => {
    await run(`delete from ${db}.t where true`, `insert into ${db}.t values (1, 'a'), (2, 'b')`);
    const [named, timed] = [open('snapshots', reader), open('pitr', reader)];
    const ends: Pin[] = [await pin(timed), await pin(named)];
    await run(`update ${db}.t set v = 'c' where id = 1`, `insert into ${db}.t values (3, 'n')`);
    ends.push(await pin(timed), await pin(named));
    await run(`delete from ${db}.t where id = 2`);
    ends.push(await pin(named), await pin(timed));
    await run(`update ${db}.t set v = 'live' where true`);
    expect(await snapshots()).toBe(3);
    const states = [0, 0, 1, 1, 2, 2];
    const expected = [[], ['+1|c', '+3|n'], ['+1|c', '+3|n', '-2']];
    for (const [i, after] of ends.entries()) {
      for (const [j, until] of ends.entries()) {
        const [from = 0, to = 0] = [states[i], states[j]];
        if (to < from) continue;
        // Each time by connections that have seen nothing of all this.
        const source = open('pitr', reader);
        const schema = await source.describe(t(), until);
        const changes = await collect(source.readChanges(schema, { after, until }));
        const shown = changes.map(({ deleted, row }) => (deleted ? `-${text(row.slice(0, 1))}` : `+${text(row)}`));
        const wanted = from === to ? [] : from === 0 ? expected[to] : ['-2'];
        expect(shown.sort(), `${i} to ${j}`).toEqual(wanted);
        expect((await source.countChanges(t(), { after, until })) > 0).toBe(from !== to);
        expect(await source.countRows(t(), until)).toBe([2, 3, 2][to]);
        await source.close();
      }
    }
    expect(await snapshots()).toBe(3);
    for (const { name } of await named.pins('mo_cdc_')) await named.dropPin(name);
  });

  it('is held for as long as a PITR of the account, or of every database, says', async () => {
    const source = open('pitr');
    const { ts } = await pin(source);
    const hour = 3_600_000 - 60_000;
    expect(await source.pitrReach(ts, 'account', undefined)).toBe(hour);
    expect(
      await source.pitrReach(position(String(BigInt(ts) - BigInt(hour) * 1_000_000n)), 'account', undefined),
    ).toBeUndefined();
    await run('drop pitr held');
    expect(await source.pitrReach(ts, 'account', undefined)).toBeUndefined();
    await run(`create pitr of_table for table ${db} t range 1 'd'`);
    await sleep(1_100);
    await expect(pin(source)).rejects.toMatchObject({ code: 'PITR_MISSING' });
    await run(`create pitr of_database for database ${db} range 2 'h'`);
    await sleep(1_100);
    const later = await pin(source);
    expect(isHeldByPitr(later)).toBe(true);
    expect(await source.pitrReach(later.ts, [t()], undefined)).toBe(2 * 3_600_000 - 60_000);
    expect(await source.pitrReach(later.ts, [t(), { database: 'elsewhere' }], undefined)).toBeUndefined();
    expect(await source.pitrReach(later.ts, 'account', undefined)).toBeUndefined();
    // Made after the pin: it holds nothing of what was before.
    expect(await source.pitrReach(ts, [t()], undefined)).toBeUndefined();
    expect(await source.heldSince(ts, [t()])).toBeUndefined();
    expect(await source.heldSince(later.ts, [t()])).toEqual(later);
    await run('drop pitr of_database', 'drop pitr of_table', `create pitr held for account range 1 'h'`);
    await sleep(1_100);
  });

  it('takes no place any more once a worker has stopped, at whatever moment', async () => {
    const stop = async (milliseconds: number): Promise<void> => {
      const worker = new AbortController();
      const source = open('pitr', 'auto', worker.signal);
      await source.heldSince(position('1'), [t()]);
      const making = Promise.allSettled([pin(source), pin(source)]);
      await sleep(milliseconds);
      worker.abort(new Error('stopped'));
      await making;
      await source.close();
    };
    for (let i = 0; i < 40; i += 4) await Promise.all([stop(i), stop(i + 1), stop(i + 2), stop(i + 3)]);
    expect(await snapshots()).toBe(0);
  });

  it('needs a place only for a moment, and waits for one', async () => {
    const named = open('snapshots');
    const full: Pin[] = [];
    const areas = [[t()], [{ database: db }], 'account'] as const;
    for (const area of areas) {
      for (let i = 0; i < QUOTA; i += 1) full.push(await named.createPin(`mo_cdc_${db}_1_${++pins}`, area));
    }
    const source = open('pitr');
    let done = false;
    const waiting = pin(source).then((made) => {
      done = true;
      return made;
    });
    await sleep(1_500);
    expect(done).toBe(false);
    await named.dropPin(full[0]?.name ?? '');
    expect(isHeldByPitr(await waiting)).toBe(true);
    // Now there is one place, and thirty want it.
    const many = Array.from({ length: 30 }, () => open('pitr'));
    const made = await Promise.all(many.map(pin));
    expect(new Set(made.map(({ ts }) => ts)).size).toBe(30);
    expect(await snapshots()).toBe(3 * QUOTA - 1);
    for (const { name } of full) await named.dropPin(name);
  }, 120_000);
});
