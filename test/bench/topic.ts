import { randomBytes } from 'node:crypto';
import type { SqlClient } from '../support/sql-client.ts';
import type { Cleanup } from './cleanup.ts';
import type { BenchOptions } from './options.ts';
import type { BenchServers } from './servers.ts';

/** What a topic works with. */
export interface Bench {
  readonly servers: BenchServers;
  readonly options: BenchOptions;
  readonly cleanup: Cleanup;
  /** Bundles of the child processes, by name: see programs.ts. */
  readonly programs: Programs;
  /** One client a server, for statements that are no part of what is measured. */
  readonly source: SqlClient;
  readonly sink: SqlClient;
  /** Progress, for whoever waits. */
  readonly tell: (text: string) => void;
}

export interface Programs {
  readonly worker: string;
  readonly rival: string;
}

/** One question and its answer. */
export interface Report {
  readonly question: string;
  readonly columns: readonly string[];
  /** By column: is it a number? The first column never is, when this is left out, and all others are. */
  readonly numeric?: readonly boolean[];
  readonly rows: readonly (readonly string[])[];
  /** What the figures hold for, a line each, besides machine and servers. */
  readonly conditions: readonly string[];
}

export interface Topic {
  readonly name: string;
  /** One line for the usage. */
  readonly summary: string;
  run(bench: Bench): Promise<Report[]>;
}

/** A name that nobody else has, also not a run at the same time. */
export const freshName = (kind: string): string => `cdc_bench_${kind}_${randomBytes(4).toString('hex')}`;

/** A database that goes when the run ends, if not before. */
export async function makeDatabase(bench: Bench, client: SqlClient, name: string): Promise<() => Promise<void>> {
  const drop = bench.cleanup.add(() => client.run(`drop database if exists ${name}`));
  await client.run(`create database ${name}`);
  return drop;
}
