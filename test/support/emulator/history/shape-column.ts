import { identifier } from '../sql/quoting.ts';

export interface ShapeColumn {
  readonly name: string;
  /** In MatrixOne's words, such as `int unsigned`. */
  readonly type: string;
  /** In MariaDB's words, with the character set. */
  readonly storedType: string;
  readonly notNull: boolean;
  /** As MariaDB prints it, such as `'x'` or `current_timestamp()`; undefined for none or NULL. */
  readonly defaultValue: string | undefined;
  readonly generated: boolean;
  /** The column's line in CREATE TABLE, in MatrixOne's words. */
  readonly definition: string;
}

const STRING = String.raw`'(?:[^'\\]|''|\\.)*'`;
const PARENTHESES = String.raw`\((?:[^()']|${STRING}|\((?:[^()']|${STRING}|\([^()]*\))*\))*\)`;
const COLUMN = new RegExp(
  [
    '^  `(?<name>(?:[^`]|``)*)` ',
    `(?<type>\\w+(?:\\((?:[^()']|${STRING})*\\))?(?: unsigned)?(?: zerofill)?)`,
    String.raw`(?<charset>(?: CHARACTER SET \w+)?(?: COLLATE \w+)?)`,
    `(?: GENERATED ALWAYS AS (?<expression>${PARENTHESES}) (?<kept>STORED|VIRTUAL))?`,
    '(?<notNull> NOT NULL)?(?<null> NULL)?',
    `(?: DEFAULT (?<default>${STRING}|${PARENTHESES}|[\\w.+-]+(?:\\([^()]*\\))?))?`,
    String.raw`(?: ON UPDATE (?<onUpdate>[\w()]+))?`,
    '(?<autoIncrement> AUTO_INCREMENT)?',
    `(?: COMMENT (?<comment>${STRING}))?`,
    `(?: CHECK (?<check>[\\s\\S]*))?$`,
  ].join(''),
);

type Parts = Readonly<Record<string, string | undefined>>;

export const parseColumn = (line: string): ShapeColumn => {
  const parts: Parts | undefined = COLUMN.exec(line)?.groups;
  if (parts === undefined) throw new Error(`emulator: column definition not understood: ${line}`);
  const name = (parts['name'] ?? '').replaceAll('``', '`');
  const type = matrixOneType(parts['type'] ?? '', parts['check']);
  const defaultValue = parts['default'] === 'NULL' ? undefined : parts['default'];
  return {
    name,
    type,
    storedType: (parts['type'] ?? '') + (parts['charset'] ?? ''),
    notNull: parts['notNull'] !== undefined,
    defaultValue,
    generated: parts['expression'] !== undefined,
    definition: `${identifier(name)} ${type}${attributes(type, parts, defaultValue)}`,
  };
};

/** The check that holds the declared type; see statements/column-types.ts. */
const DECLARED = /^\('((?:[^'\\]|\\.)*)' <> ''\)$/;

/**
 * MatrixOne's word for a type of MariaDB. MatrixOne prints no display width, and has one size of text and of blob.
 * MariaDB keeps JSON as a text with a check, and booleans as tinyint(1).
 */
const matrixOneType = (type: string, check: string | undefined): string => {
  if (type === 'longtext' && check?.startsWith('(json_valid(') === true) return 'json';
  const declared = DECLARED.exec(check ?? '')?.[1];
  if (declared !== undefined) return declared;
  if (type === 'tinyint(1)') return 'bool';
  return type
    .replace(/^((?:tiny|small|medium|big)?int|year)\(\d+\)/, '$1')
    .replace(/^mediumint/, 'int')
    .replace(/^(?:tiny|medium|long)(text|blob)/, '$1');
};

const attributes = (type: string, parts: Parts, defaultValue: string | undefined): string => {
  const comment = parts['comment'] === undefined ? '' : ` COMMENT ${parts['comment']}`;
  const notNull = parts['notNull'] === undefined ? '' : ' NOT NULL';
  if (parts['expression'] !== undefined) {
    return `${notNull} GENERATED ALWAYS AS ${parts['expression']} ${parts['kept'] ?? ''}${comment}`;
  }
  if (parts['autoIncrement'] !== undefined) return ` NOT NULL AUTO_INCREMENT${comment}`;
  const onUpdate = parts['onUpdate'] === undefined ? '' : ` ON UPDATE ${parts['onUpdate']}`;
  return notNull + defaultClause(type, notNull !== '', defaultValue) + onUpdate + comment;
};

const defaultClause = (type: string, notNull: boolean, value: string | undefined): string => {
  if (value !== undefined) return ` DEFAULT ${value}`;
  if (notNull) return '';
  return type.startsWith('timestamp') ? ' NULL DEFAULT NULL' : ' DEFAULT NULL';
};
