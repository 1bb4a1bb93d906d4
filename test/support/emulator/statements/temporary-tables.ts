import { fromWire } from '../sql/quoting.ts';
import type { Token } from '../sql/tokens.ts';

/**
 * The declarations of temporary tables. Only the session of such a table can ask for it. Two of them must not have the
 * same name.
 */
export class TemporaryTables {
  readonly #statements = new Map<string, string>();

  note(sql: string, tokens: readonly Token[]): void {
    const head = tokens.slice(0, 3).map(({ text }) => text.toLowerCase());
    if (head.join(' ') !== 'create temporary table') return;
    const open = tokens.findIndex(({ kind, text }) => kind === 'symbol' && text === '(');
    const table = tokens[open - 1]?.text;
    if (table !== undefined) this.#statements.set(fromWire(table), fromWire(sql));
  }

  definition(table: string): string | undefined {
    return this.#statements.get(table);
  }
}
