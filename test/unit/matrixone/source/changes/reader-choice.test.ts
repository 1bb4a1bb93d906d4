import { describe, expect, it } from 'vitest';
import { CdcError } from '../../../../../lib/errors.ts';
import { declaredSchema } from '../../../../support/declared/declared-table.ts';
import { ReaderChooser } from '../../../../../lib/matrixone/source/changes/reader-choice.ts';
import type { Connection } from '../../../../../lib/wire/connection.ts';
import type { TaskOptions } from '../../../../../lib/task/task.ts';
import { position } from '../../../../../lib/data/position.ts';

const PINS = ['1', '2'].map((name) => ({ name, ts: position(name) }));
const rules = { changeReader: 'auto', withoutKey: 'replace' } as const;
const schemaOf = (...lines: string[]) =>
  declaredSchema({ database: 'd', table: 't' }, '1', `CREATE TABLE \`t\` (\n  ${lines.join(',\n  ')}\n)`, rules);

const said = (errno: number, message: string): CdcError =>
  new CdcError('SOURCE_ERROR', message, { cause: Object.assign(new Error(message), { errno, code: 'ER' }) });
const MISSING = said(1049, 'Unknown database mo_cdc_no_such_database');
const MISSING_TABLE = said(1064, 'SQL parser error: table "t" does not exist');
const NO_SYNTAX = said(
  1064,
  'SQL parser error: You have an error in your SQL syntax; check the manual … syntax error at line 1 column 4 near " branch diff',
);

const READERS = { diff: 'diff', compare: 'compare', probe: 'probe' };

/** A server that answers the probe with this error, and that has large keys at these pins. */
function chooser(setting: TaskOptions['changeReader'], probe: Error, wideAt: readonly string[] = []) {
  const asked: string[] = [];
  const query = (sql: string) => {
    asked.push(sql);
    if (sql.startsWith('data branch')) return Promise.reject(probe);
    return Promise.resolve({ rows: wideAt.some((pin) => sql.includes(`'${pin}'`)) ? [[null]] : [] });
  };
  return {
    asked,
    it: new ReaderChooser<string>(setting, (_pins, work) => work({ query } as unknown as Connection), READERS),
  };
}

const ID = '`id` int NOT NULL';
const PLAIN = schemaOf(ID, '`v` int DEFAULT NULL', 'PRIMARY KEY (`id`)');

describe('the reader of a table is', () => {
  it.each([MISSING, MISSING_TABLE])('the diff, where the server knows it', async (answer) => {
    const { it: choice, asked } = chooser('auto', answer);
    expect(await choice.choose(() => Promise.resolve(PLAIN), PINS)).toBe('diff');
    expect(await choice.choose(() => Promise.resolve(PLAIN), PINS)).toBe('diff');
    expect(asked).toHaveLength(1);
  });

  it.each(['json DEFAULT NULL', 'json NOT NULL', 'array DEFAULT NULL'])(
    'the comparison for a column %s, whose changes the diff does not all see, unless it is asked for',
    async (type) => {
      const schema = schemaOf(ID, `\`v\` ${type}`, 'PRIMARY KEY (`id`)');
      expect(await chooser('auto', MISSING).it.choose(() => Promise.resolve(schema), PINS)).toBe('compare');
      expect(await chooser('diff', MISSING).it.choose(() => Promise.resolve(schema), PINS)).toBe('diff');
    },
  );

  it('the comparison, where the server does not know the statement', async () => {
    expect(await chooser('auto', NO_SYNTAX).it.choose(() => Promise.resolve(PLAIN), PINS)).toBe('compare');
  });

  it('unknown as long as the server cannot be reached', async () => {
    const lost = new CdcError('SOURCE_UNREACHABLE', 'gone', { cause: Object.assign(new Error('gone'), { code: 'X' }) });
    const { it: choice } = chooser('auto', lost);
    await expect(choice.choose(() => Promise.resolve(PLAIN), PINS)).rejects.toThrow('gone');
    await expect(choice.choose(() => Promise.resolve(PLAIN), PINS)).rejects.toThrow('gone');
  });

  it('what the task says', async () => {
    for (const setting of ['diff', 'compare'] as const) {
      expect(await chooser(setting, NO_SYNTAX).it.choose(() => Promise.resolve(PLAIN), PINS)).toBe(setting);
    }
  });

  it.each(['datetime(6)', 'time(3)', 'timestamp(1)', 'bool', 'decimal(16,0)', 'decimal(38,10)', 'decimal'])(
    'the comparison for keys of type %s',
    async (type) => {
      const schema = schemaOf(ID, `\`k\` ${type} NOT NULL`, 'PRIMARY KEY (`id`,`k`)');
      expect(await chooser('auto', MISSING).it.choose(() => Promise.resolve(schema), PINS)).toBe('compare');
      const outside = schemaOf(ID, `\`k\` ${type} NOT NULL`, 'PRIMARY KEY (`id`)');
      expect(await chooser('auto', MISSING).it.choose(() => Promise.resolve(outside), PINS)).toBe('diff');
    },
  );

  it.each([
    [[], 'diff'],
    [['1'], 'compare'],
    [['2'], 'compare'],
  ] as const)('for BIGINT UNSIGNED keys with large ones at the pins %j the %s', async (wideAt, expected) => {
    const schema = schemaOf('`id` bigint unsigned NOT NULL', 'PRIMARY KEY (`id`)');
    const { it: choice, asked } = chooser('auto', MISSING, wideAt);
    expect(await choice.choose(() => Promise.resolve(schema), PINS)).toBe(expected);
    const before = asked.length;
    expect(await choice.choose(() => Promise.resolve(schema), PINS)).toBe(expected);
    expect(asked).toHaveLength(before);
  });

  it('the comparison, where the diff sees changes, without a primary key', async () => {
    expect(
      await chooser('auto', MISSING).it.choose(() => Promise.resolve(schemaOf(ID, 'UNIQUE KEY `id` (`id`)')), PINS),
    ).toBe('probe');
    expect(await chooser('auto', MISSING).it.choose(() => Promise.resolve(schemaOf(ID)), PINS)).toBe('probe');
    expect(await chooser('auto', NO_SYNTAX).it.choose(() => Promise.resolve(schemaOf(ID)), PINS)).toBe('compare');
  });
});

describe('the key of a table without a primary one is', () => {
  it.each([
    [['UNIQUE KEY `a` (`id`)'], ['id']],
    [['UNIQUE KEY `ab` (`id`,`w`)', 'UNIQUE KEY `w` (`w`)'], ['w']],
    [['UNIQUE KEY `w` (`w`)', 'UNIQUE KEY `a` (`id`)'], ['w']],
    [['UNIQUE KEY `n` (`n`)', 'KEY `w` (`w`)'], []],
    [['UNIQUE KEY `p` (`w`(3))'], []],
    [['UNIQUE KEY `odd (name)` (`w`)'], ['w']],
  ])('with %j: %j', (keys, expected) => {
    const columns = [ID, '`w` varchar(9) NOT NULL', '`n` int DEFAULT NULL'];
    const schema = schemaOf(...columns, ...keys);
    expect(schema.key).toEqual(expected);
    expect(schema.hasUniqueKeys).toBe(keys.filter((key) => key.startsWith('UNIQUE')).length > expected.length);
  });
});
