import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Barriers } from '../../../../../lib/matrixone/source/history/barriers.ts';
import { pinEpoch, pinPrefix } from '../../../../../lib/data/position.ts';
import { SnapshotCluster } from '../../../../support/snapshot-cluster.ts';

const never = new AbortController().signal;
const AREA = [{ database: 'shop', table: 'orders' }] as const;
const TASK = '019a0000-0000-7000-8000-000000000001';

function barriersOf(signal = never): Barriers {
  const barriers = new Barriers(signal);
  barriers.belongTo(pinPrefix(TASK));
  return barriers;
}

describe('a barrier', () => {
  it('has been seen while the work is done, and is gone afterwards', async () => {
    const cluster = new SnapshotCluster();
    const session = cluster.session({ received: 0n });
    const ts = await barriersOf().behind(session, AREA, (barrier) => {
      expect(cluster.snapshots.get(barrier.name)?.ts).toBe(BigInt(barrier.ts));
      return Promise.resolve(barrier.ts);
    });
    expect(BigInt(ts)).toBe(cluster.now);
    expect(cluster.snapshots.size).toBe(0);
    await expect(barriersOf().behind(session, AREA, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(cluster.snapshots.size).toBe(0);
  });

  it('is a snapshot that the task drops, whichever of its workers has left it', async () => {
    const cluster = new SnapshotCluster();
    await barriersOf().behind(cluster.session({ received: 0n }), AREA, ({ name }) => {
      expect(name.startsWith(pinPrefix(TASK))).toBe(true);
      expect(name.length).toBeLessThanOrEqual(64);
      expect(pinEpoch(name)).toBe(0);
      return Promise.resolve();
    });
  });

  it('is made also when others are in the way for a moment', async () => {
    const cluster = new SnapshotCluster();
    cluster.refusals = 3;
    await barriersOf().behind(cluster.session({ received: 0n }), AREA, ({ name }) => {
      expect(cluster.snapshots.get(name)?.level).toBe('account');
      return Promise.resolve();
    });
    expect(cluster.made).toHaveLength(1);
  });

  it('takes a place of any level', async () => {
    const cluster = new SnapshotCluster();
    cluster.quota = 1;
    const levels: (string | undefined)[] = [];
    for (const full of ['', 'account', 'database']) {
      if (full !== '') cluster.leave(`other_${full}`, full, 1n);
      await barriersOf().behind(cluster.session({ received: 0n }), AREA, ({ name }) => {
        levels.push(cluster.snapshots.get(name)?.level);
        return Promise.resolve();
      });
    }
    expect(levels).toEqual(['account', 'database', 'table']);
  });

  it('waits for a place among 200, of which three can be there at a time', async () => {
    const cluster = new SnapshotCluster();
    cluster.quota = 1;
    let done = 0;
    await Promise.all(
      Array.from({ length: 200 }, () =>
        barriersOf().behind(cluster.session({ received: 0n }), AREA, () => {
          done += 1;
          return Promise.resolve();
        }),
      ),
    );
    expect(done).toBe(200);
    expect(cluster.most).toBe(1);
    expect(cluster.snapshots.size).toBe(0);
  }, 30_000);

  it('is waited for by whoever is to cut the connections, but not for ever, nor by who was told to stop', async () => {
    const cluster = new SnapshotCluster();
    const stopped = new AbortController();
    const barriers = barriersOf(stopped.signal);
    await barriers.settled(60_000);
    const gate = Promise.withResolvers<undefined>();
    const under = barriers.behind(cluster.session({ received: 0n }), AREA, () => gate.promise);
    setTimeout(() => {
      gate.resolve(undefined);
    }, 20);
    await barriers.settled(60_000);
    expect(cluster.made).toHaveLength(1);
    expect(cluster.snapshots.size).toBe(0);
    await under;

    const hanging = barriers.behind(cluster.session({ received: 0n }), AREA, () => new Promise(() => undefined));
    await barriers.settled(10);
    expect(cluster.snapshots.size).toBe(1);
    setTimeout(() => {
      stopped.abort();
    }, 10);
    await barriers.settled(60_000);
    expect(barriers.areLeft).toBe(true);
    void hanging;
  });

  it('takes away what dead workers of any task have left, and nothing else', async () => {
    const cluster = new SnapshotCluster();
    const old = cluster.now - 301_000_000_000n;
    cluster.leave(`${pinPrefix(TASK).replace('01', '02')}0_barrier00ff`, 'account', old);
    cluster.leave(`${pinPrefix(TASK)}0_barrier00fe`, 'account', cluster.now - 200_000_000_000n);
    cluster.leave(`${pinPrefix(TASK)}3_1`, 'account', old);
    cluster.leave('nightly_0_barrier00ff', 'account', old);
    await barriersOf().behind(cluster.session({ received: cluster.now }), AREA, () => Promise.resolve());
    expect([...cluster.snapshots.keys()].sort()).toEqual(
      [`${pinPrefix(TASK)}0_barrier00fe`, `${pinPrefix(TASK)}3_1`, 'nightly_0_barrier00ff'].sort(),
    );
  });

  describe('where there is no place for long', () => {
    beforeEach(() => vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] }));
    afterEach(() => vi.useRealTimers());

    it('is an error, after a while', async () => {
      const cluster = new SnapshotCluster();
      cluster.quota = 0;
      const now = vi.spyOn(Math, 'random').mockReturnValue(0);
      const begun = Date.now();
      const clock = setInterval(() => vi.setSystemTime(Date.now() + 1_000), 1);
      const waiting = barriersOf().behind(cluster.session({ received: 0n }), AREA, () => Promise.resolve());
      await expect(waiting).rejects.toMatchObject({ code: 'SNAPSHOT_QUOTA', retry: true });
      clearInterval(clock);
      expect(Date.now() - begun).toBeGreaterThan(20_000);
      now.mockRestore();
    });
  });

  it('is waited for no longer than the worker lives', async () => {
    const cluster = new SnapshotCluster();
    cluster.quota = 0;
    const worker = new AbortController();
    const waiting = barriersOf(worker.signal).behind(cluster.session({ received: 0n }), AREA, () => Promise.resolve());
    setTimeout(() => {
      worker.abort();
    }, 50);
    await expect(waiting).rejects.toThrow(/abort/iu);
  });
});
