import { expect, test } from 'vitest';
import { createTableForMatrixone } from '../../../../lib/matrixone/sink/create-table.ts';
import { declaredSchema } from '../../../support/declared/declared-table.ts';

const source = { database: 'a', table: 't' };

test('the table is made under its new name, every name and text quoted anew, without foreign keys', () => {
  const definition = `CREATE TABLE \`t\` (
  \`id\` int NOT NULL COMMENT 'it''s',
  \`p\` int DEFAULT NULL,
  \`a\` varchar(9) NOT NULL DEFAULT 'x\\\\y',
  \`g\` int GENERATED ALWAYS AS (\`p\` * (2 + 1)) STORED,
  PRIMARY KEY (\`id\`),
  UNIQUE KEY \`u\` (\`p\`),
  CONSTRAINT \`c\` CHECK (p > 0 and length(a) < 9),
  CONSTRAINT \`fk\` FOREIGN KEY (\`p\`) REFERENCES \`q\` (\`id\`) ON DELETE RESTRICT ON UPDATE RESTRICT
) COMMENT='x'`;
  expect(createTableForMatrixone({ database: 'b`', table: 'u' }, declaredSchema(source, '1', definition))).toBe(
    `create table if not exists \`b\`\`\`.\`u\` (
  \`id\` int not null comment 'it''s',
  \`p\` int null,
  \`a\` varchar(9) not null default 'x\\\\y',
  \`g\` int generated always as (\`p\` * ( 2 + 1 )) stored,
  primary key (\`id\`),
  unique key \`u\` (\`p\`),
  constraint \`c\` check (\`p\` > 0 and length( \`a\` ) < 9)
) comment = 'x'`,
  );
});

test.each([
  ['CREATE TABLE `t` (\n  `id` int\n)', 'TABLE_WITHOUT_KEY'],
  ['CREATE TABLE `t` (\n  `id` int,\n  `g` polygon32 srid 4326,\n  PRIMARY KEY (`id`)\n)', 'TYPE_UNSUPPORTED'],
  ['CREATE TABLE `t` (\n  `id` int,\n  `g` hologram(3),\n  PRIMARY KEY (`id`)\n)', 'TYPE_UNSUPPORTED'],
  ['CREATE TABLE `t` (\n  `id` int GENERATED ALWAYS AS (1) STORED,\n  PRIMARY KEY (`id`)\n)', 'TYPE_UNSUPPORTED'],
])('refuses %j', (definition, code) => {
  expect(() => declaredSchema(source, '1', definition)).toThrow(expect.objectContaining({ code }));
});
