import { MatrixOneError } from '../matrixone-error.ts';
import { tokenize, type Token } from './tokens.ts';

export interface QualifiedName {
  readonly database: string | undefined;
  readonly table: string;
}

/** Walks over the tokens of one statement. It compares words without regard to case. */
export class Parser {
  readonly sql: string;
  readonly tokens: readonly Token[];
  #at = 0;

  constructor(sql: string) {
    this.sql = sql;
    this.tokens = tokenize(sql);
  }

  get done(): boolean {
    return this.#at >= this.tokens.length;
  }

  get position(): number {
    return this.#at;
  }

  peek(offset = 0): Token | undefined {
    return this.tokens[this.#at + offset];
  }

  /** Takes these words if all of them come next. */
  take(...words: readonly string[]): boolean {
    const matches = words.every((word, i) => isWord(this.peek(i), word));
    if (matches) this.#at += words.length;
    return matches;
  }

  takeSymbol(symbol: string): boolean {
    const token = this.peek();
    const matches = token?.kind === 'symbol' && token.text === symbol;
    if (matches) this.#at += 1;
    return matches;
  }

  expect(...words: readonly string[]): void {
    if (!this.take(...words)) throw this.syntaxError();
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.syntaxError();
  }

  /** An identifier as written, quoted or not. */
  identifier(): string {
    const token = this.next();
    if (token.kind !== 'name' && token.kind !== 'word') throw this.syntaxError(token);
    return token.text;
  }

  /** The name of a snapshot or PITR in its declaration. An unquoted name is lower-cased. */
  declaredName(): string {
    const quoted = this.peek()?.kind === 'name';
    const name = this.identifier();
    return quoted ? name : name.toLowerCase();
  }

  string(): string {
    const token = this.next();
    if (token.kind !== 'string') throw this.syntaxError(token);
    return token.text;
  }

  number(): string {
    const token = this.next();
    if (token.kind !== 'number') throw this.syntaxError(token);
    return token.text;
  }

  /** `t` or `db.t`. */
  qualifiedName(): QualifiedName {
    const first = this.identifier();
    if (!this.takeSymbol('.')) return { database: undefined, table: first };
    return { database: first, table: this.identifier() };
  }

  expectEnd(): void {
    this.takeSymbol(';');
    if (!this.done) throw this.syntaxError();
  }

  syntaxError(token = this.peek()): MatrixOneError {
    const near = token === undefined ? 'the end' : `"${token.text}"`;
    return new MatrixOneError(1064, `SQL parser error: emulator: syntax error near ${near}`);
  }

  private next(): Token {
    const token = this.peek();
    if (token === undefined) throw this.syntaxError();
    this.#at += 1;
    return token;
  }
}

export const isWord = (token: Token | undefined, word: string): boolean =>
  token?.kind === 'word' && token.text.toLowerCase() === word;

export const isSymbol = (token: Token | undefined, symbol: string): boolean =>
  token?.kind === 'symbol' && token.text === symbol;
