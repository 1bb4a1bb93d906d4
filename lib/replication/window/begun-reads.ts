import type { CdcError } from '../../errors.ts';
import { tableKey } from '../../task/task.ts';
import type { TableSchema } from '../../data/change.ts';
import type { ComparedTables } from '../tables/compared-tables.ts';
import type { Window } from '../../data/position.ts';
import type { Changes } from '../../data/row-block.ts';
import { SOURCE_MEMBERS, withMembers } from '../endpoints/members.ts';
import type { Source } from '../endpoints/source.ts';

/** What was read of a table's changes to find out whether there are any. */
interface Begun {
  readonly batches: readonly Changes[];
  /** What comes after them; undefined when they are all there are. */
  readonly rest: AsyncIterator<Changes> | undefined;
}

/**
 * Changes of one window that are read while it is planned: to ask first whether there are any takes as long as to read
 * the few that there usually are. Each is handed out once, to who reads it quickly; whoever asks again reads anew.
 */
export class BegunReads {
  readonly #source: Source;
  readonly #compared: ComparedTables;
  readonly #begun = new Map<string, Begun>();

  constructor(source: Source, compared: ComparedTables) {
    this.#source = source;
    this.#compared = compared;
  }

  /** The source, whose `readChanges` goes on with what was begun of this window. */
  get source(): Source {
    const readChanges: Source['readChanges'] = (schema, window, how) =>
      (how?.reading === 'quick' ? this.#take(schema) : undefined) ?? this.#source.readChanges(schema, window, how);
    return withMembers(this.#source, SOURCE_MEMBERS, { readChanges });
  }

  /** Are there changes in the window? Two batches at most are held of them. */
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

  /** Lets go of what is not read to its end: the server would wait for its reader for as long as others are applied. */
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
