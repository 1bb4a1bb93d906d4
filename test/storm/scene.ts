import { randomBytes } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { DynamoDbTaskStore } from '../../lib/dynamodb/dynamodb-task-store.ts';
import { databaseConnectors } from '../../lib/connectors.ts';
import type { TaskStore } from '../../lib/store/task-store.ts';
import { DEFAULT_OPTIONS, type TaskSpec } from '../../lib/task/task.ts';
import { compactDatabases } from '../support/compaction.ts';
import { createLocalTable, localTable } from '../support/local-table.ts';
import { WORKLOAD_DEFINITIONS, WORKLOAD_TABLES } from '../support/random-writer.ts';
import { SqlClient } from '../support/sql-client.ts';
import { BULK_TABLES, bulkDefinitions } from './actors/bulk-writer.ts';
import { Commander } from './actors/commander.ts';
import { Operator } from './actors/operator.ts';
import { SchemaWriter, SHAPE_TABLES } from './actors/schema-writer.ts';
import type { Choices } from './choices.ts';
import { fastClock } from './fast-clock.ts';
import { StormyProxy } from './faults/stormy-proxy.ts';
import { StormyStore } from './faults/stormy-store.ts';
import type { Weathered } from './faults/weather.ts';
import type { Journal } from './journal.ts';
import { Lookout } from './lookout.ts';
import { Oracle } from './oracle.ts';
import { type Profile, PROFILES } from './profiles.ts';
import type { Site } from './site.ts';
import type { StormOptions } from './storm-options.ts';
import { Crew } from './worker/crew.ts';

/** One task between databases of its own, and everybody who has to do with it. */
export interface Scene {
  readonly task: string;
  readonly site: Site;
  /** Source databases; the second one has tables whose schemas change alone. */
  readonly from: string;
  readonly second: string;
  readonly clock: Clock;
  /** Under the weather, as all have it but the oracle. */
  readonly store: TaskStore;
  readonly truth: TaskStore;
  readonly crew: Crew;
  readonly commander: Commander;
  readonly operator: Operator;
  readonly lookout: Lookout;
  readonly weathered: readonly Weathered[];
  /** What should not have happened so far, in words. */
  problems(): string[];
  close(): Promise<void>;
}

export async function openScene(
  options: StormOptions,
  site: Site,
  program: string,
  choices: Choices,
  journal: Journal,
): Promise<Scene> {
  const profile: Profile = PROFILES[options.profile];
  const from = `storm_${randomBytes(4).toString('hex')}`;
  const second = `${from}_2`;
  const task = 'storm';
  const pace = { origin: Date.now(), factor: options.pace };
  const clock = fastClock(pace);
  const proxied = (name: 'source' | 'sink'): Promise<StormyProxy> =>
    StormyProxy.start(name, site[name].host, site[name].port, choices.of(`proxy-${name}`));
  const [source, sink] = [await proxied('source'), await proxied('sink')];
  const stormyStore = await StormyStore.start(site.storeEndpoint, choices.of('store'));
  const table = await createLocalTable(site.storeEndpoint);
  const truth = new DynamoDbTaskStore(table, undefined, clock);
  const store = new DynamoDbTaskStore(localTable(stormyStore.endpoint, table.name), undefined, clock);

  await onServer(site.source.uri, (client) => setUp(client, site.real, from, second, choices));
  const through = (server: { readonly uri: string }, { port }: StormyProxy): string => {
    const { username, password, search } = new URL(server.uri);
    return `mysql://${username}:${password}@127.0.0.1:${port}${search}`;
  };
  const spec = specOf(task, profile, site, from, second, through(site.source, source), through(site.sink, sink));

  const lookout = new Lookout(new Oracle(site.source.uri, site.sink.uri, truth, task), journal);
  const crew = new Crew({
    program,
    endpoint: stormyStore.endpoint,
    table: table.name,
    pace,
    choices: choices.of('crew'),
    journal,
    onCheckpoint: () => lookout.look(),
  });
  const starter = {
    start: async (name: string) => {
      await Promise.resolve();
      crew.start(name);
    },
  };
  const log = (): void => undefined;
  const context = { store, starter, log, clock, connectors: databaseConnectors };
  const drop = (what: string): Promise<void> => onServer(site.sink.uri, (client) => client.run(what));
  const clearSink = async (): Promise<void> => {
    for (const database of [from, second]) await drop(`drop database if exists ${database}_copy`);
  };
  const duringPause = async (): Promise<void> => {
    if (!options.compact) return;
    await onServer(site.source.uri, (client) => compactDatabases(client, [from, second]));
    journal.note('source', 'has merged and collected its history');
  };
  const commander = new Commander(context, truth, spec, choices.of('commander'), journal, clearSink, duringPause);
  const mayHaveBeenOut = (table: string): boolean => commander.mayHaveBeenOut(table);
  const operator = new Operator({ ...context, store: truth }, truth, task, journal, mayHaveBeenOut, async (name) => {
    const [database = '', lost = ''] = name.split('.');
    await drop(`drop table if exists ${database}_copy.${lost}`);
  });
  return {
    ...{ task, site, from, second, clock, store, truth, crew, commander, operator, lookout },
    weathered: [source, sink, stormyStore],
    problems: () => [...crew.complaints, ...commander.complaints, ...operator.complaints, ...lookout.differing],
    close: async () => {
      await crew.end();
      for (const place of [source, sink, stormyStore]) place.stop();
      const isForeign = [site.source, site.sink].some(({ restart }) => restart === undefined);
      if (isForeign) await cleanUp(site, from, second, commander.ids);
    },
  };
}

function specOf(
  name: string,
  { level, sinkType, options }: Profile,
  site: Site,
  from: string,
  second: string,
  sourceUri: string,
  sinkUri: string,
): TaskSpec {
  // Of a real MatrixOne's values MariaDB prints some in another form, which is for `verify` to compare.
  const foreign = site.real && sinkType === 'mysql';
  const tables = [...WORKLOAD_TABLES, ...BULK_TABLES, ...SHAPE_TABLES];
  return {
    name,
    sourceUri,
    sinkType,
    sinkUri,
    level,
    tables:
      level === 'table'
        ? tables.map((table) => ({ source: { database: from, table }, sink: { database: `${from}_copy`, table } }))
        : [],
    databases: level === 'database' ? [from, second].map((source) => ({ source, sink: `${source}_copy` })) : [],
    exclude: level === 'database' && foreign ? ['[.]typed$'] : [],
    options: { ...DEFAULT_OPTIONS, existingRows: 'replace', withoutKey: 'replace', ...options },
  };
}

async function setUp(client: SqlClient, real: boolean, from: string, second: string, choices: Choices): Promise<void> {
  await client.run(`create database ${from}`, `use ${from}`, ...WORKLOAD_DEFINITIONS, ...bulkDefinitions(real));
  await client.run(...SchemaWriter.definitions(choices.of('first-shapes')));
  await client.run(`create database ${second}`, `use ${second}`);
  await client.run(...SchemaWriter.definitions(choices.of('second-shapes')));
}

async function onServer(uri: string, work: (client: SqlClient) => Promise<void>): Promise<void> {
  const client = new SqlClient(uri);
  try {
    await work(client);
  } finally {
    client.close();
  }
}

/** What would stay on servers that are not ours. */
async function cleanUp(site: Site, from: string, second: string, ids: ReadonlySet<string>): Promise<void> {
  await onServer(site.source.uri, async (client) => {
    for (const database of [from, second]) await client.run(`drop database if exists ${database}`);
    for (const id of ids) {
      const prefix = `mo_cdc_${id.replaceAll('-', '')}_`;
      const left = await client.sorted(
        `select sname from mo_catalog.mo_snapshots where left(sname, ${prefix.length}) = '${prefix}'`,
      );
      for (const name of left) await client.run(`drop snapshot ${name}`);
    }
  });
  await onServer(site.sink.uri, async (client) => {
    for (const database of [from, second]) await client.run(`drop database if exists ${database}_copy`);
  });
}
