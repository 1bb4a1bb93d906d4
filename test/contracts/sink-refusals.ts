import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Change } from '../../lib/data/change.ts';
import type { CdcError } from '../../lib/errors.ts';
import type { Sink } from '../../lib/replication/endpoints/sink.ts';
import type { SinkTable } from '../../lib/replication/endpoints/sink-tables.ts';
import { del, put, step, type SinkWorld } from './sink-world.ts';

/** More changes than a batch keeps in memory. */
const MANY = 2_500;
/** So many changes at once, as a source gives them. */
const PART = 700;

/** What is said of a row that the sink does not take. */
export function describeRefusals(world: SinkWorld): void {
  const narrow = async (key: string): Promise<{ sink: Sink; table: SinkTable }> => {
    const sink = await world.newTask();
    const table = world.table(`\`${key}\` int NOT NULL,
  \`a\` varchar(50) DEFAULT NULL,
  \`v\` varchar(50) DEFAULT NULL,
  PRIMARY KEY (\`${key}\`)`);
    await sink.createTable(table);
    await world.fixture.client.run(
      `alter table \`${world.database}\`.\`${table.name.table}\` modify column \`v\` varchar(5)`,
    );
    return { sink, table };
  };
  const refusal = async (sink: Sink, table: SinkTable, seventeenth: string): Promise<string> => {
    const rows = Array.from({ length: 40 }, (_, i) => put(i, 'long enough for itself', i === 17 ? seventeenth : 'ok'));
    const failed = world.apply(sink, table, step(0, 1), ...rows);
    return await failed.then(
      () => 'nothing',
      (error: unknown) => (error as Error).message,
    );
  };
  /** The words for a row of one of the world's tables. */
  const words = (key: string, { name }: SinkTable, column: string): string =>
    `It refused the row ${key} of ${world.database}.${name.table} for its column ${column}.`;

  test('a row that is refused is told by its key and its column, and nothing is left of the look for it', async () => {
    const { sink, table } = await narrow('id');
    await world.apply(sink, table, step(0, 1), put(17, 'old', 'old'), put(18, 'old', 'old'));
    const said = await refusal(sink, table, 'far too long');
    expect(said).toContain(words('id=17', table, 'v'));
    expect(said).not.toContain('for itself');
    expect(await world.contents(table)).toEqual(['17|old|old', '18|old|old']);
    expect(await refusal(sink, table, 'short')).toBe('nothing');
  });

  test('a key that may be secret is not told', async () => {
    const { sink, table } = await narrow('api_token');
    const said = await refusal(sink, table, 'far too long');
    expect(said).toContain(`It refused the row of ${world.database}.${table.name.table} for its column v.`);
    expect(said).not.toContain('=17');
  });

  describe('of more changes than a batch keeps', () => {
    /** Applies the changes; then has the row explained for which that failed. */
    const explained = async (sink: Sink, table: SinkTable, changes: readonly Change[]): Promise<string | undefined> => {
      const batch = sink.beginBatch('replace');
      const write = async (): Promise<void> => {
        for await (const part of parts(changes)) await batch.add(table, part);
        await batch.commit(step(0, 2));
      };
      const error: unknown = await write()
        .then(() => undefined)
        .catch((thrown: unknown) => thrown);
      await batch.rollback();
      const { code, refusedRow } = error as CdcError;
      expect(refusedRow).toBeUndefined();
      return await sink.explainRefusal(table, code, parts(changes));
    };

    test('the refused row is found, wherever it is, and nothing is left of the look for it', async () => {
      const { sink, table } = await narrow('id');
      await world.apply(sink, table, step(0, 1), put(1, 'old', 'old'), put(MANY, 'old', 'old'));
      const anywhere = fc.nat({ max: MANY - 1 });
      const property = fc.asyncProperty(anywhere, anywhere, async (refused, deleted) => {
        const changes = Array.from({ length: MANY }, (_, i) =>
          i === deleted && i !== refused ? del(i, null, null) : put(i, 'new', i === refused ? 'far too long' : 'ok'),
        );
        expect(await explained(sink, table, changes)).toBe(words(`id=${refused}`, table, 'v'));
        expect(await world.contents(table)).toEqual(['1|old|old', `${MANY}|old|old`]);
      });
      await fc.assert(property, { numRuns: 6 });
      await world.apply(sink, table, step(0, 2), put(1, 'new', 'new'));
      expect(await world.contents(table)).toEqual(['1|new|new', `${MANY}|old|old`]);
    }, 60_000);

    test('a row whose unique value another row has is found, and not one for which others make room', async () => {
      const sink = await world.newTask();
      const table = await world.created(sink);
      const at = `\`${world.database}\`.\`${table.name.table}\``;
      await world.fixture.client.run(
        `insert into ${at} values (2400, 'old', 1), (5, 'old', 2), (999999, 'other', 1234)`,
      );
      const moved = Array.from({ length: MANY }, (_, i) => put(i, 'new', i));
      const column = 'u';
      expect(await explained(sink, table, moved)).toBe(words('id=1234', table, column));
      await world.fixture.client.run(`delete from ${at} where id = 999999`);
      expect(await sink.explainRefusal(table, 'SINK_DUPLICATE_KEY', parts(moved))).toBeUndefined();
      expect(await world.contents(table)).toEqual(['2400|old|1', '5|old|2']);
    }, 60_000);

    test('a row that is refused for another reason is not taken for the refused one', async () => {
      const { sink, table } = await narrow('id');
      const changes = [put(1, 'a', 'far too long'), put(2, 'b', 'ok')];
      expect(await sink.explainRefusal(table, 'SINK_DUPLICATE_KEY', parts(changes))).toBeUndefined();
      expect(await sink.explainRefusal(table, 'SINK_ROW_REJECTED', parts(changes))).toBe(words('id=1', table, 'v'));
    });

    test('the look ends with the worker, also while the changes do not come', async () => {
      const { table } = await narrow('id');
      const worker = new AbortController();
      const sink = world.openSink(worker.signal);
      const asked = Promise.withResolvers<undefined>();
      const silent = {
        [Symbol.asyncIterator]: () => ({
          next: () => {
            asked.resolve(undefined);
            return new Promise<never>(() => undefined);
          },
        }),
      };
      const look = sink.explainRefusal(table, 'SINK_ROW_REJECTED', silent);
      await asked.promise;
      worker.abort(new Error('The worker ends.'));
      await expect(look).rejects.toThrow();
    });
  });
}

const parts = (changes: readonly Change[]): AsyncIterable<Change[]> => ({
  async *[Symbol.asyncIterator]() {
    for (let i = 0; i < changes.length; i += PART) yield await Promise.resolve(changes.slice(i, i + PART));
  },
});
