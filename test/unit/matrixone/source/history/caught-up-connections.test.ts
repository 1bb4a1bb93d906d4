import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Barriers } from '../../../../../lib/matrixone/source/history/barriers.ts';
import { CaughtUpConnections } from '../../../../../lib/matrixone/source/history/caught-up-connections.ts';
import type { Connection } from '../../../../../lib/wire/connection.ts';
import { SnapshotCluster, type Node } from '../../../../support/snapshot-cluster.ts';

const never = new AbortController().signal;
const AREA = [{ database: 'shop', table: 'orders' }] as const;

/** A pool whose connections go to the nodes in turn, or as told; idle ones are lent again. */
function poolOf(cluster: SnapshotCluster, nodes: readonly Node[]) {
  const ofNode = new Map<Connection, Node>();
  let idle: Connection[] = [];
  let opened = 0;
  const connect = (): Connection => {
    const node = nodes[opened++ % nodes.length] ?? { received: 0n };
    const session = cluster.session(node);
    ofNode.set(session, node);
    return session;
  };
  const pool = {
    acquire: () => Promise.resolve(idle.pop() ?? connect()),
    release: (session: Connection): void => {
      idle.unshift(session);
    },
    discard: () => undefined,
    close: () => Promise.resolve(),
    use: async <T>(work: (session: Connection) => Promise<T>): Promise<T> => {
      const session = await pool.acquire();
      const result = await work(session);
      pool.release(session);
      return result;
    },
    useIdle: async (work: (session: Connection) => Promise<void>): Promise<void> => {
      const resting = idle;
      idle = [];
      await Promise.all(resting.map(work));
      idle.push(...resting);
    },
  };
  const open = (): void => {
    pool.release(connect());
  };
  const sessions = new CaughtUpConnections(pool, new Barriers(never));
  const nodeOf = (session: Connection): Node => ofNode.get(session) ?? { received: 0n };
  return { sessions, nodeOf, open };
}

const timeOf = (sessions: CaughtUpConnections): Promise<bigint> =>
  sessions.behindBarrier(AREA, (_session, { ts }) => Promise.resolve(BigInt(ts)));

it('lends no session to read at a time whose node has not received what was committed by then', async () => {
  const cluster = new SnapshotCluster();
  const nodes = [{ received: 0n }, { received: 0n }];
  const { sessions, nodeOf } = poolOf(cluster, nodes);
  const ts = await timeOf(sessions);
  expect(nodes[1]?.received).toBe(0n);
  sessions.upTo(ts);
  const lent = await Promise.all([sessions.acquire(), sessions.acquire()]);
  expect(new Set(lent.map(nodeOf)).size).toBe(2);
  for (const session of lent) expect(nodeOf(session).received).toBeGreaterThanOrEqual(ts);
  expect(cluster.snapshots.size).toBe(0);
});

it('takes what any task has made for a proof', async () => {
  const cluster = new SnapshotCluster();
  const { sessions } = poolOf(cluster, [{ received: 0n }, { received: cluster.now + 1_000_000n }]);
  const ts = await timeOf(sessions);
  cluster.leave('mo_cdc_other_1_1', 'table', cluster.pass());
  sessions.upTo(ts);
  const made = cluster.made.length;
  await Promise.all([sessions.acquire(), sessions.acquire()]);
  expect(cluster.made.length).toBe(made);
});

it('shows a barrier to the sessions that are at rest', async () => {
  const cluster = new SnapshotCluster();
  const up = { received: cluster.now + 1_000_000_000n };
  const { sessions, open } = poolOf(cluster, [up]);
  for (let i = 0; i < 4; i += 1) open();
  const ts = await timeOf(sessions);
  sessions.upTo(ts);
  await Promise.all(Array.from({ length: 4 }, () => sessions.acquire()));
  expect(cluster.made).toHaveLength(1);
});

it('holds whatever nodes receive, and when', async () => {
  const steps = fc.array(
    fc.oneof(
      fc.constant('pin' as const),
      fc.constant('read' as const),
      fc.constant('others' as const),
      fc.record({ node: fc.integer({ min: 0, max: 2 }), arrives: fc.boolean() }),
    ),
    { maxLength: 30 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (story) => {
      const cluster = new SnapshotCluster();
      const nodes = Array.from({ length: 3 }, () => ({ received: 0n }));
      const { sessions, nodeOf } = poolOf(cluster, nodes);
      let pinned = 0n;
      for (const step of story) {
        if (step === 'pin') pinned = await timeOf(sessions);
        else if (step === 'others') cluster.leave(`mo_cdc_other_1_${cluster.now}`, 'table', cluster.pass());
        else if (step === 'read') {
          sessions.upTo(pinned);
          const lent = await Promise.all([sessions.acquire(), sessions.acquire(), sessions.acquire()]);
          for (const session of lent) {
            expect(nodeOf(session).received).toBeGreaterThanOrEqual(pinned);
            sessions.release(session);
          }
        } else {
          const node = nodes[step.node];
          if (node !== undefined && step.arrives) node.received = cluster.now;
        }
      }
    }),
    { numRuns: 200 },
  );
});
