import { tableKey, type TableMapping, type TableKey } from '../../task/task.ts';
import { describedTable } from '../tables/described-table.ts';
import type { Pin } from '../../data/position.ts';
import type { Chunk, SinkPlans } from '../endpoints/chunk-plans.ts';
import type { SinkTable, SinkTables } from '../endpoints/sink-tables.ts';
import type { SourceCatalog, SourceRows } from '../endpoints/source.ts';
import { attributeErrorsTo } from '../../data/table-error.ts';

/** All that a worker may use of source and sink to load a chunk. */
export interface LoaderEndpoints {
  readonly source: Pick<SourceCatalog, 'describe'> & Pick<SourceRows, 'readRange'>;
  readonly sink: Pick<SinkPlans, 'loadChunk'> & Pick<SinkTables, 'carried'>;
}

/** Loads chunks of tables as they were at the load's pin. Describes each table once. */
export class ChunkLoader {
  readonly #ends: LoaderEndpoints;
  readonly #pin: Pin;
  readonly #generation: number;
  readonly #tables = new Map<TableKey, Promise<SinkTable>>();

  constructor(ends: LoaderEndpoints, pin: Pin, generation: number) {
    this.#ends = ends;
    this.#pin = pin;
    this.#generation = generation;
  }

  /** Returns the number of rows. FENCED when the chunk is already done, or belongs to another worker now. */
  async load(mapping: TableMapping, chunk: Chunk): Promise<number> {
    const { source, sink } = this.#ends;
    return attributeErrorsTo(mapping.source, async () => {
      const table = await this.table(mapping);
      const rows = {
        [Symbol.asyncIterator]: () => source.readRange(table.schema, this.#pin, chunk.range)[Symbol.asyncIterator](),
      };
      return sink.loadChunk(table, this.#generation, chunk, rows);
    });
  }

  async table(mapping: TableMapping): Promise<SinkTable> {
    const key = tableKey(mapping.sink);
    const known = this.#tables.get(key);
    if (known !== undefined) return known;
    const described = describedTable(this.#ends, mapping, this.#pin);
    this.#tables.set(key, described);
    try {
      return await described;
    } catch (error) {
      this.#tables.delete(key);
      throw error;
    }
  }
}
