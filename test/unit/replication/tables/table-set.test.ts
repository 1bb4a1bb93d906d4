import { describe, expect, it } from 'vitest';
import { CdcError } from '../../../../lib/errors.ts';
import type { Pin } from '../../../../lib/data/position.ts';
import type { Source } from '../../../../lib/replication/endpoints/source.ts';
import { TableSets } from '../../../../lib/replication/tables/table-set.ts';
import { DEFAULT_OPTIONS, mappingKey, type TaskSpec } from '../../../../lib/task/task.ts';
import { declaredAs, memorySchema, MemoryServer, memorySource } from '../../../support/memory-source.ts';
import { seededRandom } from '../../../support/random-writer.ts';

const shop = (table: string) => ({ database: 'shop', table });
const numbered = (i: number) => shop(`t${String(i).padStart(3, '0')}`);

const SPEC: TaskSpec = {
  name: 't',
  sourceUri: 'mysql://root:secret@source:6001',
  sinkType: 'matrixone',
  sinkUri: 'mysql://root:secret@sink:6001',
  level: 'database',
  tables: [],
  databases: [],
  exclude: [],
  options: DEFAULT_OPTIONS,
};

/** A database with a counter of what is asked. */
class Asked {
  readonly server = new MemoryServer();
  readonly described: string[] = [];
  /** By database. */
  readonly plain: unknown[] = [];
  /** What is left out of the answer, although it is plain. */
  leavesOut: (id: string) => boolean = () => false;
  #pins = 0;

  readonly #inner = memorySource(this.server);
  readonly source: Pick<Source, 'tables' | 'plainTables' | 'describe'> = {
    tables: (databases, at) => this.#inner.tables(databases, at),
    plainTables: async (databases, at) => {
      this.plain.push(databases);
      return new Set([...(await this.#inner.plainTables(databases, at))].filter((id) => !this.leavesOut(id)));
    },
    describe: (table, at) => {
      this.described.push(table.table);
      return this.#inner.describe(table, at);
    },
  };

  create(count: number): void {
    for (let i = 0; i < count; i += 1) this.server.create(memorySchema(numbered(i), { id: `${100 + i}` }));
  }

  sets(exclude: string[] = []): TableSets {
    const databases = [{ source: 'shop', sink: 'copy' }];
    return new TableSets({ ...SPEC, databases, exclude }, this.source);
  }

  pin(): Pin {
    return this.server.snapshot(`p${(this.#pins += 1)}`);
  }
}

describe('the tables of a task', () => {
  it('are found in one question, but for those that are not plain', async () => {
    const asked = new Asked();
    asked.create(100);
    asked.server.create(memorySchema(shop('nokey'), { id: '1', key: [] }));
    asked.server.create(memorySchema(shop('odd'), { id: '2' }));
    asked.server.create(memorySchema(shop('seen'), { id: '3', ...declaredAs('create view seen') }));
    asked.server.undescribed = ({ table }) =>
      table === 'odd' ? new CdcError('TYPE_UNSUPPORTED', 'The table has an odd column.') : undefined;
    const sets = asked.sets();
    const { tables, leftOut, failed } = await sets.found(asked.pin());
    expect([tables.length, failed]).toEqual([100, undefined]);
    expect(leftOut.toSorted((a, b) => (a.table < b.table ? -1 : 1))).toEqual([
      { table: 'shop.nokey', reason: 'it has no key' },
      { table: 'shop.odd', reason: 'The table has an odd column' },
      { table: 'shop.seen', reason: 'it is a view' },
    ]);
    expect([asked.plain, asked.described.sort()]).toEqual([[['shop']], ['nokey', 'odd']]);
    // What is known is not asked for again: a few that are new are described.
    asked.server.create(memorySchema(shop('new'), { id: '4' }));
    asked.server.replace(numbered(7), { id: '5' });
    expect((await sets.at(asked.pin())).tables).toHaveLength(101);
    expect([asked.plain.length, asked.described]).toEqual([1, ['nokey', 'odd', 'new', 't007']]);
  });

  it('are described one by one when they are few, also among many that are not asked for', async () => {
    const asked = new Asked();
    asked.create(8);
    expect((await asked.sets().at(asked.pin())).tables).toHaveLength(8);
    expect([asked.plain, asked.described.length]).toEqual([[], 8]);
    asked.create(150);
    expect((await asked.sets(['t(0[^0]|[^0])']).at(asked.pin())).tables).toHaveLength(10);
    expect([asked.plain, asked.described.length]).toEqual([[], 18]);
    expect((await asked.sets(['t(0[^01]|[^0])']).at(asked.pin())).tables).toHaveLength(20);
    expect([asked.plain.length, asked.described.length]).toEqual([1, 18]);
  });

  it('are the same, whatever the source leaves out of its answer', async () => {
    const random = seededRandom(5);
    for (let round = 0; round < 30; round += 1) {
      const asked = new Asked();
      const unfit = new Set<string>();
      for (let i = 0; i < 40; i += 1) {
        const isUnfit = random() < 0.3;
        asked.server.create(memorySchema(numbered(i), { id: `${i + 1}`, key: isUnfit ? [] : ['id'] }));
        if (isUnfit) unfit.add(`shop.${numbered(i).table}`);
      }
      const share = random();
      asked.leavesOut = () => random() < share;
      const { tables, leftOut } = await asked.sets().at(asked.pin());
      expect(asked.plain).toHaveLength(1);
      expect(new Set(leftOut.map(({ table }) => table))).toEqual(unfit);
      expect(new Set(tables.map(mappingKey)).size).toBe(40 - unfit.size);
    }
  });
});
