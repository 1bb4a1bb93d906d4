import { describe, expect, it } from 'vitest';
import { CdcError } from '../../../lib/errors.ts';
import { preflight } from '../../../lib/commands/preflight.ts';
import type { Connectors } from '../../../lib/replication/endpoints/connectors.ts';
import type { Sink } from '../../../lib/replication/endpoints/sink.ts';
import type { Source } from '../../../lib/replication/endpoints/source.ts';
import { complain } from '../../../lib/task/rejection.ts';
import { memorySink, MemorySinkServer } from '../../support/memory-sink.ts';
import { memorySchema, MemoryServer, memorySource } from '../../support/memory-source.ts';
import { PASSWORD, scenarioSpec } from '../../support/scenario-task.ts';

const spec = scenarioSpec();
const missing = complain('SOURCE_TABLE_MISSING', 'tables', 'There is no such table.');
const notEmpty = complain('SINK_TABLE_NOT_EMPTY', 'tables', 'The table has rows.');

/** Both ends in memory, each with other answers where a test gives them. */
function ends(source: Partial<Source> = {}, sink: Partial<Sink> = {}, checked = spec) {
  const server = new MemoryServer();
  for (const mapping of spec.tables) server.create(memorySchema(mapping.source));
  const closed: string[] = [];
  const connectors: Connectors = {
    source: () => ({
      ...memorySource(server),
      close: () => Promise.resolve(void closed.push('source')),
      ...source,
    }),
    sink: (_spec, id) => ({
      ...memorySink(new MemorySinkServer(), id),
      close: () => Promise.resolve(void closed.push('sink')),
      ...sink,
    }),
  };
  const check = async (deadlineMs?: number) =>
    (
      await preflight(
        connectors,
        checked,
        { taskId: '0195-aa', pinId: '0195-aa' },
        new AbortController().signal,
        deadlineMs,
      )
    ).complaints;
  return { server, closed, check };
}

const failing = (error: Error) => () => Promise.reject(error);
const never = () => new Promise<never>(() => undefined);

describe('checkTask', () => {
  it('finds nothing wrong with a good task, leaves no snapshot and closes both ends', async () => {
    const { server, closed, check } = ends();
    expect(await check()).toEqual([]);
    expect(server.snapshots.size).toBe(0);
    expect(closed.sort()).toEqual(['sink', 'source']);
  });

  it('says of a table that is mapped to itself nothing else, least of all to delete its rows', async () => {
    const tables = spec.tables.map(({ source }) => ({ source, sink: source }));
    const sink: Partial<Sink> = {
      hasSnapshot: () => Promise.resolve(true),
      check: (described) => Promise.resolve(described.map(() => notEmpty)),
    };
    const { check } = ends({}, sink, { ...spec, tables });
    expect((await check()).map(({ code }) => code)).toEqual(tables.map(() => 'MAPPING_INVALID'));
    const other = ends({}, sink);
    expect((await other.check()).map(({ code }) => code)).toEqual(tables.map(() => 'SINK_TABLE_NOT_EMPTY'));
  });

  it('names its snapshot so that any task drops it in five minutes, should it die', async () => {
    const seen: string[] = [];
    const { server, check } = ends({
      createPin: (name) => {
        seen.push(name);
        return Promise.resolve(server.snapshot(name));
      },
    });
    expect(await check()).toEqual([]);
    // As in lib/matrixone/source/history/barriers.ts.
    expect(seen).toEqual([expect.stringMatching(/^mo_cdc_.*_0_barrier[0-9a-f]+$/u)]);
  });

  it('shows the sink the schemas of the source', async () => {
    const seen: string[][] = [];
    const sinkCheck: Sink['check'] = (tables) => {
      seen.push(tables.map((table) => `${table.schema.table.table} to ${table.name.table}`));
      return Promise.resolve([]);
    };
    expect(await ends({}, { check: sinkCheck }).check()).toEqual([]);
    expect(seen.at(-1)).toEqual(['user_activities to analytics_activities']);
  });

  it('returns the complaints of both ends at once', async () => {
    const sinkCheck: Sink['check'] = (tables) => Promise.resolve(tables.length > 0 ? [notEmpty] : []);
    const both = ends({ check: () => Promise.resolve([missing]) }, { check: sinkCheck });
    expect(await both.check()).toEqual([missing, notEmpty]);
    const denied = ends(
      { check: failing(new CdcError('SOURCE_ACCESS_DENIED', 'no')) },
      { check: failing(new CdcError('SINK_UNREACHABLE', 'gone')) },
    );
    expect((await denied.check()).map((complaint) => [complaint.code, complaint.setting])).toEqual([
      ['SOURCE_ACCESS_DENIED', 'sourceUri'],
      ['SINK_UNREACHABLE', 'sinkUri'],
    ]);
  });

  it('says once what both the check and the description of a table say', async () => {
    const describeFails = failing(new CdcError('SOURCE_TABLE_MISSING', 'There is no such table.'));
    expect(await ends({ check: () => Promise.resolve([missing]), describe: describeFails }).check()).toEqual([missing]);
    expect(await ends({ describe: describeFails }).check()).toEqual([missing]);
  });

  it('drops its snapshot when a table cannot be described', async () => {
    const { server, check } = ends({ describe: failing(new CdcError('TYPE_UNSUPPORTED', 'no')) });
    expect((await check()).map((complaint) => complaint.code)).toEqual(['TYPE_UNSUPPORTED']);
    expect(server.snapshots.size).toBe(0);
  });

  it('complains of an end that does not answer in time, and still drops its snapshot', async () => {
    const silent = ends({ check: () => untilAborted() }).check(20);
    expect((await silent).map((complaint) => complaint.code)).toEqual(['SOURCE_UNREACHABLE']);
    expect(JSON.stringify(await silent)).not.toContain(PASSWORD);
    const { server, check } = ends({ describe: () => untilAborted() });
    expect((await check(20)).map((complaint) => complaint.code)).toContain('SOURCE_UNREACHABLE');
    expect(server.snapshots.size).toBe(0);
  });

  it('lets a defect through as what it is', async () => {
    const { closed, check } = ends({ check: failing(new TypeError('oops')) });
    await expect(check()).rejects.toThrow('oops');
    expect(closed).toHaveLength(2);
  });
});

/** As a real end behaves: whatever is under way fails when time is up. */
async function untilAborted(): Promise<never> {
  await Promise.race([never(), new Promise((resolve) => setTimeout(resolve, 40))]);
  throw new Error('The connection was closed.');
}
