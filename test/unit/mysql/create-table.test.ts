import { expect, test } from 'vitest';
import { declaredSchema } from '../../support/declared/declared-table.ts';
import { createTableForMysql } from '../../../lib/mysql/create-table.ts';

/** What every text names. */
const EXACT = ' character set utf8mb4 collate utf8mb4_nopad_bin';

const source = { database: 'a', table: 't' };
const columnsOf = (sql: string): string[] =>
  sql
    .split('\n')
    .slice(1, -1)
    .map((line) => line.trim().replace(/,$/u, ''));
const create = (...lines: string[]): string =>
  createTableForMysql(
    { database: 'b', table: 'u' },
    declaredSchema(source, '1', `CREATE TABLE \`t\` (\n  ${lines.join(',\n  ')}\n)`),
    '10.11.19-MariaDB',
  );

test('types are mapped so that every value fits', () => {
  const sql = create(
    '`id` bigint NOT NULL AUTO_INCREMENT',
    '`u` uuid NOT NULL',
    '`t` text DEFAULT NULL',
    '`bl` blob DEFAULT NULL',
    '`v` vecf32(3) DEFAULT NULL',
    '`b` bool DEFAULT NULL',
    '`l` varchar(65535) DEFAULT NULL',
    '`g` int GENERATED ALWAYS AS (1) STORED',
    '`ts` timestamp NULL DEFAULT NULL',
    "`e` enum('A','b') DEFAULT NULL",
    '`d` datalink DEFAULT NULL',
    'PRIMARY KEY (`id`,`u`)',
    'UNIQUE KEY `uk` (`b`,`e`)',
    'KEY `on text` (`t`)',
    'KEY `on g` (`g`)',
    ' FULLTEXT `ft`(`t`)',
  );
  expect(columnsOf(sql)).toEqual([
    '`id` bigint not null auto_increment',
    `\`u\` char(36)${EXACT} not null`,
    `\`t\` longtext${EXACT} null`,
    '`bl` longblob null',
    `\`v\` longtext${EXACT} null`,
    '`b` tinyint(1) null',
    `\`l\` longtext${EXACT} null`,
    '`ts` datetime null',
    `\`e\` enum('A','b')${EXACT} null`,
    `\`d\` longtext${EXACT} null`,
    'primary key (`id`, `u`)',
    'unique key `uk` (`b`, `e`)',
  ]);
  expect(sql).toContain('collate = utf8mb4_nopad_bin');
});

test('rows too long for MySQL keep their long texts apart, keys excepted', () => {
  const sql = create(
    '`id` varchar(700) NOT NULL',
    ...[1, 2, 3].map((i) => `\`c${i}\` varchar(6000) DEFAULT NULL`),
    '`b` varbinary(9000) DEFAULT NULL',
    '`s` varchar(50) DEFAULT NULL',
    'PRIMARY KEY (`id`)',
  );
  const types = columnsOf(sql)
    .slice(0, 6)
    .map((line) => line.split(' ')[1]);
  expect(types).toEqual(['varchar(700)', 'longtext', 'longtext', 'longtext', 'longblob', 'varchar(50)']);
});

test('defaults are quoted anew', () => {
  const sql = create(
    '`id` int NOT NULL DEFAULT 3',
    "`a` varchar(9) DEFAULT 'it''s'",
    "`b` varchar(9) DEFAULT 'x\\\\y'",
    'PRIMARY KEY (`id`)',
  );
  expect(columnsOf(sql).slice(0, 3)).toEqual([
    '`id` int not null default 3',
    `\`a\` varchar(9)${EXACT} null default 'it''s'`,
    `\`b\` varchar(9)${EXACT} null default 'x\\\\y'`,
  ]);
});
