import type { CdcError } from '../../errors.ts';
import { tableKey, type TableKey } from '../../task/task.ts';
import type { TableSchema } from '../../data/change.ts';
import type { ComparedTables } from '../tables/compared-tables.ts';
import type { Window } from '../../data/position.ts';
import type { Changes } from '../../data/row-block.ts';
import { SOURCE_MEMBERS, withMembers } from '../endpoints/members.ts';
import type { Source } from '../endpoints/source.ts';

/** The changes of a table that were read to find out whether it has any. */
interface Begun {
  readonly batches: readonly Changes[];
  /** The changes after `batches`; undefined when there are no more. */
  readonly rest: AsyncIterator<Changes> | undefined;
}

/**
 * Reads changes of one window while the window is planned: to ask whether there are any takes as long as to read the
 * usual few. The first `quick` reading of a table gets what was read here; later ones read anew.
 */
export class BegunReads {
  readonly #source: Source;
  readonly #compared: ComparedTables;
  readonly #begun = new Map<TableKey, Begun>();

  constructor(source: Source, compared: ComparedTables) {
    this.#source = source;
    this.#compared = compared;
  }

  /** The source, whose `readChanges` continues the readings that were begun for this window. */
  get source(): Source {
    const readChanges: Source['readChanges'] = (schema, window, how) =>
      (how?.reading === 'quick' ? this.#take(schema) : undefined) ?? this.#source.readChanges(schema, window, how);
    return withMembers(this.#source, SOURCE_MEMBERS, { readChanges });
  }

  /** True when the table has changes in the window. Holds at most two batches of them. */
  async begin(schema: TableSchema, window: Window): Promise<boolean> {
    const compared = (error: CdcError): void => {
      this.#compared.note(schema.table, error);
    };
    const iterator = this.#source.readChanges(schema, window, { reading: 'quick', compared })[Symbol.asyncIterator]();
    const batches: Changes[] = [];
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      batches.push(next.value);
      if (batches.length < 2) continue;
      this.#begun.set(tableKey(schema.table), { batches, rest: iterator });
      return true;
    }
    if (batches.length > 0) this.#begun.set(tableKey(schema.table), { batches, rest: undefined });
    return batches.length > 0;
  }

  /** Ends readings that are not complete: otherwise the server would wait for us while we apply other tables. */
  async endOpen(): Promise<void> {
    for (const [key, { rest }] of this.#begun) {
      if (rest === undefined) continue;
      this.#begun.delete(key);
      await rest.return?.();
    }
  }

  #take({ table }: TableSchema): AsyncIterable<Changes> | undefined {
    const begun = this.#begun.get(tableKey(table));
    this.#begun.delete(tableKey(table));
    return begun === undefined ? undefined : goOn(begun);
  }
}

async function* goOn({ batches, rest }: Begun): AsyncGenerator<Changes, void, undefined> {
  let complete = rest === undefined;
  try {
    yield* batches;
    if (rest === undefined) return;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
    complete = true;
  } finally {
    if (!complete) await rest?.return?.();
  }
}
