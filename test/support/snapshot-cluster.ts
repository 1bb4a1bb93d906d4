import type { Connection } from '../../lib/wire/connection.ts';

interface Snapshot {
  readonly name: string;
  readonly ts: bigint;
  readonly level: string;
}

/** One compute node: it shows what it has received of the snapshots that were made, and whose end. */
export interface Node {
  received: bigint;
}

/** Nodes that learn of snapshots late, as far as barriers, and the sessions that want to see them, can tell. */
export class SnapshotCluster {
  /** For each level. */
  quota = 50;
  readonly snapshots = new Map<string, Snapshot>();
  readonly made: string[] = [];
  /** So many more are refused because others are in their way. */
  refusals = 0;
  /** The most that there were of a level at a time. */
  most = 0;
  #clock = BigInt(Date.now()) * 1_000_000n;

  get now(): bigint {
    return this.#clock;
  }

  /** Time goes by, and what is committed reaches no node by itself. */
  pass(): bigint {
    this.#clock += 1_000n;
    return this.#clock;
  }

  /** One that somebody made some time ago. */
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

  /** The node has received everything by the time that it has made one. */
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
