/** MatrixOne's numbers of types, and the words that declare them (pkg/container/types/types.go). */
const WORDS: Readonly<Record<number, string>> = {
  ...{ 10: 'bool', 11: 'bit', 20: 'tinyint', 21: 'smallint', 22: 'int', 23: 'bigint' },
  ...{ 25: 'tinyint unsigned', 26: 'smallint unsigned', 27: 'int unsigned', 28: 'bigint unsigned' },
  ...{ 30: 'float', 31: 'double', 32: 'decimal', 33: 'decimal', 34: 'decimal' },
  ...{ 50: 'date', 51: 'time', 52: 'datetime', 53: 'timestamp', 55: 'year' },
  ...{ 60: 'char', 61: 'varchar', 62: 'json', 63: 'uuid', 64: 'binary', 65: 'varbinary', 66: 'enum' },
  ...{ 67: 'geometry', 68: 'geometry32', 70: 'blob', 71: 'text', 72: 'datalink' },
  ...{ 224: 'vecf32', 225: 'vecf64', 226: 'vecbf16', 227: 'vecf16', 228: 'vecint8', 229: 'vecuint8' },
};
const SUBTYPES = [
  ...['', 'point', 'linestring', 'polygon', 'multipoint', 'multilinestring', 'multipolygon'],
  'geometrycollection',
];
const [SET, JSON_TYPE, GEOMETRY, GEOMETRY32] = [28, 62, 67, 68];
const WITH_WIDTH = new Set(['bit', 'char', 'varchar', 'binary', 'varbinary']);
const MOMENTS = new Set(['time', 'datetime', 'timestamp']);

/** Elements of an array are plain types or arrays. */
const ARRAY = /^(?:array\()+[a-z][a-z0-9 ]*(?:\(\d+(?:,\d+)?\))?(?: unsigned)?\)+$/u;

export interface StoredType {
  readonly type: string;
  readonly labels: readonly string[] | undefined;
}

/**
 * Returns a type as it is declared. `record`: `atttyp`, the server's own record of twenty bytes: a number, the
 * character set, four bytes of no meaning, then size, width and scale. `metadata`: `attr_enum`, the labels of an enum
 * or a set, or the type of an array's elements. An unknown type is named by its number.
 */
export function storedType(record: Buffer, metadata: string): StoredType {
  const { number, width, scale } = fieldsOf(record);
  if (number === JSON_TYPE && metadata !== '') return plain(arrayType(metadata));
  if (number === SET && metadata !== '') return { type: 'set', labels: metadata.split(',') };
  const word = WORDS[number];
  if (word === undefined) return plain(`type ${number}`);
  if (word === 'enum') return { type: word, labels: metadata.split(',') };
  if (number === GEOMETRY || number === GEOMETRY32) return plain(geometryType(word, width, scale));
  if (MOMENTS.has(word)) return plain(width > 0 ? `${word}(${width})` : word);
  if (word === 'decimal') return plain(`decimal(${width},${scale})`);
  if (word === 'float' || word === 'double') {
    return plain(width > 0 && scale !== -1 ? `${word}(${width},${scale})` : word);
  }
  return plain(WITH_WIDTH.has(word) || word.startsWith('vec') ? `${word}(${width})` : word);
}

const plain = (type: string): StoredType => ({ type, labels: undefined });

const [NUMBER_AT, WIDTH_AT, SCALE_AT] = [0, 12, 16];

const fieldsOf = (record: Buffer) => ({
  number: record.readUInt16BE(NUMBER_AT),
  width: signed(record.readUInt32BE(WIDTH_AT)),
  scale: signed(record.readUInt32BE(SCALE_AT)),
});

/** The lowest bit is the sign. */
const signed = (stored: number): number => (stored % 2 === 0 ? stored / 2 : -(stored + 1) / 2);

function arrayType(metadata: string): string {
  const type = metadata.toLowerCase().replaceAll(/\s+/gu, ' ').trim();
  return ARRAY.test(type) ? type : 'array of what is not known';
}

/** The width of a geometry is its SRID plus one, or 0 if it has none. Its scale is the kind of geometry. */
function geometryType(word: string, width: number, scale: number): string {
  const subtype = SUBTYPES[scale] ?? `type ${scale}`;
  const name = subtype === '' ? word : `${subtype}${word.endsWith('32') ? '32' : ''}`;
  return width > 0 ? `${name} srid ${width - 1}` : name;
}
