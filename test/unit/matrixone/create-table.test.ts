import { expect, test } from 'vitest';
import { createTableForMatrixone } from '../../../lib/matrixone/create-table.ts';
import { tableSchema } from '../../../lib/matrixone/read-table.ts';

const source = { database: 'a', table: 't' };

test('the definition is kept under the new name, without foreign keys', () => {
  const definition = `CREATE TABLE \`t\` (
  \`id\` int NOT NULL COMMENT 'it's',
  \`p\` int DEFAULT NULL,
  PRIMARY KEY (\`id\`),
  UNIQUE KEY \`u\` (\`p\`),
  CONSTRAINT \`fk\` FOREIGN KEY (\`p\`) REFERENCES \`q\` (\`id\`) ON DELETE RESTRICT ON UPDATE RESTRICT
) COMMENT='x'`;
  expect(createTableForMatrixone({ database: 'b`', table: 'u' }, tableSchema(source, '1', definition))).toBe(
    `CREATE TABLE IF NOT EXISTS \`b\`\`\`.\`u\` (
  \`id\` int NOT NULL COMMENT 'it''s',
  \`p\` int DEFAULT NULL,
  PRIMARY KEY (\`id\`),
  UNIQUE KEY \`u\` (\`p\`)
) COMMENT='x'`,
  );
});

test('a default that MatrixOne prints otherwise than it is, and changes at every ALTER TABLE, is left out', () => {
  const definition = `CREATE TABLE \`t\` (
  \`id\` int NOT NULL,
  \`a\` varchar(9) NOT NULL DEFAULT 'it\'\'\'\'s' COMMENT 'of a',
  \`b\` varchar(9) DEFAULT 'x\\y',
  \`c\` varchar(9) DEFAULT 'plain',
  \`d\` int DEFAULT 7 COMMENT 'it's',
  PRIMARY KEY (\`id\`)
)`;
  const created = createTableForMatrixone(source, tableSchema(source, '1', definition));
  expect(created).toContain("`a` varchar(9) NOT NULL COMMENT 'of a',\n  `b` varchar(9),\n");
  expect(created).toContain("`c` varchar(9) DEFAULT 'plain',\n  `d` int DEFAULT 7 COMMENT 'it''s',\n");
});

test.each([
  ['create view t as select 1', 'TABLE_KIND_UNSUPPORTED'],
  ['CREATE TABLE `t` (\n  `id` int\n)', 'TABLE_WITHOUT_KEY'],
  ['CREATE TABLE `t` (\n  `id` int,\n  `g` polygon32 srid 4326,\n  PRIMARY KEY (`id`)\n)', 'TYPE_UNSUPPORTED'],
  ['CREATE TABLE `t` (\n  `id` int,\n  `g` hologram(3),\n  PRIMARY KEY (`id`)\n)', 'TYPE_UNSUPPORTED'],
  ['CREATE TABLE `t` (\n  `id` int GENERATED ALWAYS AS (1) STORED,\n  PRIMARY KEY (`id`)\n)', 'TYPE_UNSUPPORTED'],
])('refuses %j', (definition, code) => {
  expect(() => tableSchema(source, '1', definition)).toThrow(expect.objectContaining({ code }));
});
