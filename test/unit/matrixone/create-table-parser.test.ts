import { describe, expect, test } from 'vitest';
import { parseCreateTable } from '../../../lib/matrixone/create-table-parser.ts';

const FULL = `CREATE TABLE \`odd \`\`name\` (
  \`id\` bigint unsigned NOT NULL AUTO_INCREMENT,
  \`a,b\` varchar(50) DEFAULT 'x, (y)' COMMENT 'it''s a (b), c',
  \`raw\` char(5) NOT NULL DEFAULT 'b' COMMENT 'it's unescaped, (so) \`it\` is',
  \`e\` enum('Aa','b,b','c''d') DEFAULT NULL,
  \`s\` set('x','y') DEFAULT NULL,
  \`back\` varchar(3) DEFAULT '\\',
  \`d\` decimal(10,2) DEFAULT NULL,
  \`p\` double precision unsigned zerofill DEFAULT NULL,
  \`ts\` timestamp(6) NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  \`g\` int GENERATED ALWAYS AS (\`id\` + length(') not null')) STORED,
  \`v\` vecf32(3) DEFAULT NULL,
  \`expr\` varchar(20) DEFAULT (uuid()),
  PRIMARY KEY (\`id\`,\`a,b\`),
  UNIQUE KEY \`u 1\` (\`d\`,\`e\`),
  KEY \`k1\` (\`raw\`(3)) COMMENT 'index',
  KEY \`vec\` USING ivfflat (\`v\`) lists = 2 op_type 'vector_l2_ops',
 FULLTEXT \`ft\`(\`a,b\`) WITH PARSER ngram,
  CONSTRAINT \`fk\` FOREIGN KEY (\`d\`) REFERENCES \`other\`.\`t\` (\`x\`) ON DELETE CASCADE ON UPDATE RESTRICT,
  CONSTRAINT \`chk\` CHECK (\`id\` > 0 and \`raw\` <> ')')
) COMMENT='tab's (x)' partition by key algorithm = 2 (id) partitions 4`;

describe('CREATE TABLE as MatrixOne prints it', () => {
  const table = parseCreateTable(FULL);

  test('columns with their types, nullability and kind', () => {
    expect(table?.columns.map(({ name, type }) => [name, type])).toEqual([
      ['id', 'bigint unsigned'],
      ['a,b', 'varchar(50)'],
      ['raw', 'char(5)'],
      ['e', "enum('Aa','b,b','c''d')"],
      ['s', "set('x','y')"],
      ['back', 'varchar(3)'],
      ['d', 'decimal(10,2)'],
      ['p', 'double precision unsigned zerofill'],
      ['ts', 'timestamp(6)'],
      ['g', 'int'],
      ['v', 'vecf32(3)'],
      ['expr', 'varchar(20)'],
    ]);
    expect(table?.columns.filter((c) => !c.nullable).map((c) => c.name)).toEqual(['id', 'raw']);
    expect(table?.columns.filter((c) => c.generated).map((c) => c.name)).toEqual(['g']);
    expect(table?.columns.filter((c) => c.autoIncrement).map((c) => c.name)).toEqual(['id']);
    expect(table?.columns.find((c) => c.name === 'e')?.labels).toEqual(['Aa', 'b,b', "c'd"]);
  });

  test('keys, indexes and checks; foreign keys are left out', () => {
    expect(table?.key).toEqual(['id', 'a,b']);
    expect(table?.indexes.map(({ kind, name, columns }) => [kind, name, columns])).toEqual([
      ['unique', 'u 1', ['d', 'e']],
      ['plain', 'k1', ['raw']],
      ['special', 'vec', ['v']],
      ['special', 'ft', ['a,b']],
    ]);
    expect(table?.checks).toEqual(["CONSTRAINT `chk` CHECK (`id` > 0 and `raw` <> ')')"]);
  });

  test('comments, also those whose quotes are not escaped', () => {
    expect(table?.columns.find((c) => c.name === 'a,b')?.comment).toBe("it's a (b), c");
    expect(table?.columns.find((c) => c.name === 'raw')?.comment).toBe("it's unescaped, (so) `it` is");
    expect(table?.columns.find((c) => c.name === 'raw')?.definition).toBe("`raw` char(5) NOT NULL DEFAULT 'b'");
    expect(table).toMatchObject({ comment: "tab's (x)", options: 'partition by key algorithm = 2 (id) partitions 4' });
  });

  test('a key declared in place, on one line', () => {
    const inline = parseCreateTable(
      "create table db.`t` (`id` INT primary key, `s` SET('A','b') comment 'x', `n` text);",
    );
    expect(inline?.key).toEqual(['id']);
    expect(inline?.columns.map(({ type, nullable }) => [type, nullable])).toEqual([
      ['int', false],
      ["set('A','b')", true],
      ['text', true],
    ]);
  });

  test('MariaDB prints charsets and engines too', () => {
    const maria = parseCreateTable(
      "CREATE TABLE `t` (\n  `id` int(11) NOT NULL,\n  `v` varchar(5) CHARACTER SET utf8mb4 DEFAULT 'a''b',\n  PRIMARY KEY (`id`) USING BTREE,\n  KEY `i` (`v`) USING BTREE\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
    );
    expect(maria?.columns.map((c) => c.type)).toEqual(['int(11)', 'varchar(5)']);
    expect(maria).toMatchObject({ key: ['id'], options: 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4' });
    expect(maria?.indexes).toMatchObject([{ kind: 'plain', name: 'i' }]);
  });

  test.each([
    'create view v as select 1',
    'CREATE EXTERNAL TABLE `t` (\n  `id` int\n)',
    'CREATE CLUSTER TABLE `t` (`i` int)',
    '',
  ])('is no base table: %s', (sql) => {
    expect(parseCreateTable(sql)).toBeUndefined();
  });
});
