import { withoutEnd } from '../without-end.ts';

/**
 * Converts JSON to one form for all texts that mean the same: no spaces, members sorted by name, one way to write
 * numbers. Servers differ in all of these. Numbers keep every digit: none becomes a JavaScript number. Returns a value
 * that is no JSON unchanged.
 */
export function canonicalJson(value: Buffer): Buffer {
  const reader = new JsonReader(value.toString('utf8'));
  const text = reader.document();
  return text === undefined ? value : Buffer.from(text, 'utf8');
}

const SPACE = /[\t\n\r ]*/uy;
const LITERAL = /true|false|null/uy;
const NUMBER = /(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?/uy;

const LONGEST_EXPONENT = 32;

class NoJson extends Error {}

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): string | undefined {
    try {
      const value = this.#value();
      this.#take(SPACE);
      return this.#at === this.#text.length ? value : undefined;
    } catch (error) {
      // RangeError: the value is nested more deeply than any server allows.
      if (error instanceof NoJson || error instanceof SyntaxError || error instanceof RangeError) return undefined;
      throw error;
    }
  }

  #value(): string {
    this.#take(SPACE);
    const first = this.#text[this.#at];
    if (first === '{') return `{${this.#members().join(',')}}`;
    if (first === '[') return `[${this.#list(']', () => this.#value()).join(',')}]`;
    if (first === '"') return this.#string();
    return this.#take(LITERAL)?.[0] ?? this.#number();
  }

  /** If a name occurs twice, the last one counts, as on servers that store JSON in a form of their own. */
  #members(): string[] {
    const members = new Map<string, string>();
    this.#list('}', () => {
      this.#take(SPACE);
      const name = this.#string();
      this.#expect(':');
      members.set(name, this.#value());
    });
    return [...members].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}:${value}`);
  }

  #list<T>(end: string, item: () => T): T[] {
    this.#at += 1;
    const items: T[] = [];
    this.#take(SPACE);
    if (this.#text[this.#at] === end) {
      this.#at += 1;
      return items;
    }
    for (;;) {
      items.push(item());
      this.#take(SPACE);
      const next = this.#text[this.#at];
      this.#at += 1;
      if (next === end) return items;
      if (next !== ',') throw new NoJson();
    }
  }

  #expect(character: string): void {
    this.#take(SPACE);
    if (this.#text[this.#at] !== character) throw new NoJson();
    this.#at += 1;
  }

  /** Servers escape different characters in different ways. */
  #string(): string {
    if (this.#text[this.#at] !== '"') throw new NoJson();
    const end = this.#endOfString();
    const text = this.#text.slice(this.#at, end + 1);
    this.#at = end + 1;
    return JSON.stringify(JSON.parse(text) as string);
  }

  /** Position of the closing quote: the first quote after an even number of backslashes. */
  #endOfString(): number {
    for (let end = this.#text.indexOf('"', this.#at + 1); end > 0; end = this.#text.indexOf('"', end + 1)) {
      let backslashes = 0;
      while (this.#text[end - 1 - backslashes] === '\\') backslashes += 1;
      if (backslashes % 2 === 0) return end;
    }
    throw new NoJson();
  }

  #number(): string {
    const found = this.#take(NUMBER);
    if (found === undefined) throw new NoJson();
    const [, sign = '', whole = '', fraction = '', exponent = '0'] = found;
    // Such a power would take longer to compute than its digits suggest.
    if (exponent.length > LONGEST_EXPONENT) throw new NoJson();
    const digits = (whole + fraction).replace(/^0+/u, '');
    const significant = withoutEnd(digits, '0');
    if (significant === '') return '0';
    const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length);
    return `${sign}${significant}e${power}`;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text) ?? undefined;
    if (found !== undefined) this.#at = pattern.lastIndex;
    return found;
  }
}
