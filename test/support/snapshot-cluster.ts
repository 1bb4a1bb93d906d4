import type { Connection } from '../../lib/wire/connection.ts';

interface Snapshot {
  readonly name: string;
  readonly ts: bigint;
  readonly level: string;
}

/** A compute node. It shows the snapshots, and the ends of snapshots, that it has received. */
export interface Node {
  received: bigint;
}

/** Nodes that learn of snapshots late, as far as barriers and the sessions that wait for them can tell. */
export class SnapshotCluster {
  /** The most snapshots per level. */
  quota = 50;
  readonly snapshots = new Map<string, Snapshot>();
  readonly made: string[] = [];
  /** The next so many snapshots are refused because others are in their way. */
  refusals = 0;
  /** The most snapshots that one level ever had at a time. */
  most = 0;
  #clock = BigInt(Date.now()) * 1_000_000n;

  get now(): bigint {
    return this.#clock;
  }

  /** Time passes. No node receives what is committed. */
  pass(): bigint {
    this.#clock += 1_000n;
    return this.#clock;
  }

  /** Adds a snapshot that somebody made at `ts`. */
  leave(name: string, level: string, ts: bigint): void {
    this.snapshots.set(name, { name, ts, level });
  }

  session(node: Node): Connection {
    const query = async (sql: string) => {
      await new Promise(setImmediate);
      return { rows: this.#answer(node, sql).map((row) => row.map((value) => Buffer.from(value))) };
    };
    return { alive: true, query } as unknown as Connection;
  }

  #answer(node: Node, sql: string): string[][] {
    if (/^select current_account_name/u.test(sql)) return [['acc']];
    const { name, level } = /^create snapshot `(?<name>\w+)` for (?<level>\w+)/u.exec(sql)?.groups ?? {};
    if (name !== undefined && level !== undefined) return this.#create(node, name, level);
    const dropped = /^drop snapshot if exists `(\w+)`/u.exec(sql)?.[1];
    if (dropped !== undefined) {
      this.snapshots.delete(dropped);
      return [];
    }
    const shown = [...this.snapshots.values()].filter(({ ts }) => ts <= node.received);
    if (sql.includes('max(ts)')) {
      const latest = shown.reduce((max, { ts }) => (ts > max ? ts : max), 0n);
      return latest === 0n ? [] : [[String(latest)]];
    }
    const equal = /sname = '(\w+)'/u.exec(sql)?.[1];
    const { pattern = '', before = '0' } =
      /sname regexp '(?<pattern>[^']+)' and ts < (?<before>\d+)/u.exec(sql)?.groups ?? {};
    const found = shown.filter((each) =>
      equal === undefined ? new RegExp(pattern, 'u').test(each.name) && each.ts < BigInt(before) : each.name === equal,
    );
    return found.map((each) => [each.name, String(each.ts)]);
  }

  /** When the node has made a snapshot, it has received everything before it. */
  #create(node: Node, name: string, level: string): string[][] {
    if (this.refusals > 0) {
      this.refusals -= 1;
      throw Object.assign(new Error('txn need retry in rc mode'), { errno: 20628 });
    }
    const count = [...this.snapshots.values()].filter((each) => each.level === level).length;
    if (count >= this.quota) {
      const message = `internal error: feature SNAPSHOT with scope ${level} has reached the limit of ${this.quota}`;
      throw Object.assign(new Error(message), { errno: 20101 });
    }
    this.most = Math.max(this.most, count + 1);
    this.made.push(name);
    this.snapshots.set(name, { name, level, ts: this.pass() });
    node.received = this.now;
    return [];
  }
}
