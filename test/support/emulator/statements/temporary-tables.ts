import { fromWire } from '../sql/quoting.ts';
import type { Token } from '../sql/tokens.ts';

/** How temporary tables were declared: only their own sessions can ask for them. Their names have to be unlike. */
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
