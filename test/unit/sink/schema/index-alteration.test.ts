import { describe, expect, it } from 'vitest';
import type { TableSchema } from '../../../../lib/data/change.ts';
import { matrixoneDialect } from '../../../../lib/matrixone/sink/matrixone-dialect.ts';
import { mysqlDialect } from '../../../../lib/mysql/mysql-dialect.ts';
import { DIALECTS, ID, indexesOf, KEY, plan, schema } from '../../../support/sink/planned-alteration.ts';

describe.each(DIALECTS)('indexes of a sink table of %s', (_name, dialect) => {
  const base = schema(ID, '`a` int', '`b` varchar(20)', KEY);

  it('drops, changes and adds indexes of the source, and keeps those of the sink alone', () => {
    const before = schema(ID, '`a` int', '`b` varchar(20)', KEY, 'KEY `gone` (`a`)', 'UNIQUE KEY `other` (`a`)');
    const now = schema(ID, '`a` int', '`b` varchar(20)', KEY, 'UNIQUE KEY `other` (`b`)', 'KEY `new` (`a`)');
    const own = { indexes: [{ name: 'own', kind: 'plain' as const, columns: ['a'] }] };
    expect(indexesOf(plan(dialect, before, now, own))).toEqual({
      dropped: ['drop index `gone`', 'drop index `other`'],
      added: ['unique key `other` (`b`)', 'key `new` (`a`)'],
    });
  });

  it('leaves an index of the sink alone whose name the source gives to one of its own', () => {
    const now = schema(ID, '`a` int', '`b` varchar(20)', KEY, 'KEY `own` (`b`)');
    const own = { indexes: [{ name: 'own', kind: 'plain' as const, columns: ['a'] }] };
    expect(indexesOf(plan(dialect, base, now, own))).toEqual({ dropped: [], added: [] });
  });
});

describe('an index that the server may be unable to have', () => {
  const before = schema(ID, '`b` varchar(20)', KEY);
  const now = schema(ID, '`b` varchar(20)', KEY, 'FULLTEXT KEY `f` (`b`)');

  it('is optional on MatrixOne, and no visible difference', () => {
    const { addIndexes, left, visible } = plan(matrixoneDialect, before, now);
    expect({ addIndexes, left, visible }).toMatchObject({
      ...{ addIndexes: [{ name: 'f', optional: true }], left: [], visible: false },
    });
  });

  it('is left out on MySQL, and named once', () => {
    expect(plan(mysqlDialect, before, now)).toMatchObject({ addIndexes: [], left: ['f'], visible: false });
    expect(plan(mysqlDialect, now, now)).toMatchObject({ addIndexes: [], left: [], visible: false });
  });
});

describe('a unique index over a column whose new type may make two values equal', () => {
  const before = schema(ID, '`a` varchar(40)', KEY, 'UNIQUE KEY `u` (`a`)');
  const now = schema(ID, '`a` varchar(20)', KEY, 'UNIQUE KEY `u` (`a`)');

  it('is dropped before the rows and added after them on MatrixOne, which does not check it', () => {
    expect(indexesOf(plan(matrixoneDialect, before, now))).toEqual({
      dropped: ['drop index `u`'],
      added: ['unique key `u` (`a`)'],
    });
  });

  it('stays on MySQL, which checks it', () => {
    expect(indexesOf(plan(mysqlDialect, before, now))).toEqual({ dropped: [], added: [] });
  });

  it('stays on MatrixOne if it is not unique', () => {
    const plain = (length: number): TableSchema => schema(ID, `\`a\` varchar(${length})`, KEY, 'KEY `p` (`a`)');
    expect(indexesOf(plan(matrixoneDialect, plain(40), plain(20)))).toEqual({ dropped: [], added: [] });
  });

  it('stays on MatrixOne if the new type holds every old value', () => {
    expect(indexesOf(plan(matrixoneDialect, now, before))).toEqual({ dropped: [], added: [] });
  });
});
