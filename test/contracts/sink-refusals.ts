import { expect, test } from 'vitest';
import type { Sink } from '../../lib/replication/endpoints/sink.ts';
import type { SinkTable } from '../../lib/replication/endpoints/sink-tables.ts';
import { put, step, type SinkWorld } from './sink-world.ts';

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

  test('a row that is refused is told by its key and its column, and nothing is left of the look for it', async () => {
    const { sink, table } = await narrow('id');
    await world.apply(sink, table, step(0, 1), put(17, 'old', 'old'), put(18, 'old', 'old'));
    const said = await refusal(sink, table, 'far too long');
    expect(said).toContain(`It refused the row id=17 of ${world.database}.${table.name.table} for its column v.`);
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
}
