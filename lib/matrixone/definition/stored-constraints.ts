import type { IndexPart, IndexSettings, TableIndex } from '../../data/table-definition.ts';
import { ProtoMessage } from './protobuf.ts';

/** Kinds of constraints in the column `constraint` of mo_tables, in this order (pkg/vm/engine/types.go). */
const [INDEXES, REFERRING_TABLES, FOREIGN_KEYS, PRIMARY_KEY, STREAM] = [0, 1, 2, 3, 4];

const KEY = { names: 5 };
const INDEX = { name: 2, parts: 3, unique: 4, comment: 7, algorithm: 10, settings: 12 };
/** Prefix of the column that MatrixOne appends to a plain index: the primary key. */
const ALIAS = '__mo_alias_';
const LENGTHS = 'prefix_lengths';
/** Names and values of settings as servers write them: one word. */
const SETTING = /^[\w-]+$/u;
const PLAIN = new Set(['', 'btree', 'hash']);

export interface StoredConstraints {
  /** Names of columns in lower case. */
  readonly primaryKey: readonly string[];
  readonly indexes: readonly TableIndex[];
  readonly notUnderstood: readonly string[];
}

/**
 * Reads the key and the indexes of a table from the server's own record: big-endian numbers, and messages with their
 * lengths. `mo_indexes` holds them too, but with the old names of renamed columns (4.2.0). Throws a RangeError if the
 * record has another form.
 */
export function storedConstraints(record: Buffer): StoredConstraints {
  const found = { primaryKey: undefined as readonly string[] | undefined, indexes: [] as ProtoMessage[] };
  for (let at = 0; at < record.length;) {
    const kind = record.readUInt8(at);
    const [count, start] = [Number(record.readBigUInt64BE(at + 1)), at + 9];
    if (kind === REFERRING_TABLES) {
      at = start + within(record, start, 8 * count).length;
      continue;
    }
    if (kind === PRIMARY_KEY) {
      found.primaryKey = new ProtoMessage(within(record, start, count)).texts(KEY.names);
      at = start + count;
      continue;
    }
    if (kind !== INDEXES && kind !== FOREIGN_KEYS && kind !== STREAM)
      throw new RangeError(`a constraint of kind ${kind}`);
    const { messages, end } = messagesAt(record, start, count);
    if (kind === INDEXES) found.indexes.push(...messages.map((bytes) => new ProtoMessage(bytes)));
    at = end;
  }
  if (found.primaryKey === undefined) throw new RangeError('no record of a key');
  return { primaryKey: found.primaryKey, ...read(found.indexes) };
}

function within(record: Buffer, start: number, length: number): Buffer {
  if (start + length > record.length) throw new RangeError('a constraint goes beyond its record');
  return record.subarray(start, start + length);
}

function messagesAt(record: Buffer, from: number, count: number): { messages: Buffer[]; end: number } {
  const messages: Buffer[] = [];
  let end = from;
  for (let i = 0; i < count; i++) {
    const length = Number(record.readBigUInt64BE(end));
    messages.push(within(record, end + 8, length));
    end += 8 + length;
  }
  return { messages, end };
}

/** An index that has several tables is listed once for each of them. */
function read(messages: readonly ProtoMessage[]): Pick<StoredConstraints, 'indexes' | 'notUnderstood'> {
  const byName = new Map(messages.map((message, i) => [message.text(INDEX.name) || `#${i}`, message] as const));
  const [indexes, notUnderstood]: [TableIndex[], string[]] = [[], []];
  for (const [name, message] of byName) {
    const index = indexOf(message);
    if (index === undefined) notUnderstood.push(`the index ${name}`);
    else indexes.push(index);
  }
  return { indexes, notUnderstood };
}

function indexOf(message: ProtoMessage): TableIndex | undefined {
  const name = message.text(INDEX.name);
  const algorithm = message.text(INDEX.algorithm).toLowerCase();
  const settings = settingsOf(message.text(INDEX.settings));
  if (settings === undefined || name === '' || !(PLAIN.has(algorithm) || SETTING.test(algorithm))) return undefined;
  const { [LENGTHS]: encoded = '', ...rest } = settings;
  const parts = partsOf(message, encoded);
  if (parts.length === 0) return undefined;
  const comment = message.text(INDEX.comment);
  const shared = { name, parts, ...(comment === '' ? {} : { comment }) };
  if (!PLAIN.has(algorithm))
    return allWords(rest) ? { ...shared, kind: 'special', algorithm, settings: rest } : undefined;
  return { ...shared, kind: message.flag(INDEX.unique) ? 'unique' : 'plain' };
}

const allWords = (settings: IndexSettings): boolean =>
  Object.entries(settings).every(([name, value]) => SETTING.test(name) && SETTING.test(value));

function partsOf(message: ProtoMessage, encoded: string): IndexPart[] {
  const lengths = new Map(
    encoded
      .split(',')
      .map((item) => item.split(':'))
      .map(([column = '', length = '']) => [column, Number(length)] as const),
  );
  const parts = message.texts(INDEX.parts);
  const isKeyOfRows = !message.flag(INDEX.unique) && parts.length > 1 && parts.at(-1)?.startsWith(ALIAS) === true;
  const columns = isKeyOfRows ? parts.slice(0, -1) : parts;
  return columns.map((column) => {
    const length = lengths.get(column);
    return length === undefined || !(length > 0) ? { column } : { column, length };
  });
}

/** Undefined if the text is no JSON object of texts. */
function settingsOf(json: string): IndexSettings | undefined {
  if (json === '') return {};
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
    const entries = Object.entries(parsed);
    return entries.every(([, value]) => typeof value === 'string') ? Object.fromEntries(entries) : undefined;
  } catch {
    return undefined;
  }
}
