import { describe, expect, it } from 'vitest';
import { copiesOntoItself, mapDatabases, parseDatabases } from '../../../lib/task/database-mapping.ts';
import { Rejection } from '../../../lib/task/rejection.ts';
import { scenarioSpec } from '../../support/scenario-task.ts';

const reasons = (read: () => unknown): string[] => {
  try {
    read();
  } catch (error) {
    if (error instanceof Rejection) return error.complaints.map(({ found }) => found);
    throw error;
  }
  return [];
};

describe('parseDatabases', () => {
  it('reads pairs; the sink is named as the source where nothing is said', () => {
    expect(parseDatabases('a:b, c ,数据 库')).toEqual([
      { source: 'a', sink: 'b' },
      { source: 'c', sink: 'c' },
      { source: '数据 库', sink: '数据 库' },
    ]);
    expect(mapDatabases([{ source: 'a', sink: 'b' }, { source: 'c' }])).toEqual(parseDatabases('a:b,c'));
  });

  it.each([
    ['a:b:c', '"a:b:c" has more than one colon.'],
    ['a.b', '"a.b" has a ".", which names of databases cannot have here.'],
    ['a`b', '"a`b" has "`", which a name cannot have here.'],
    ['a,', '"" is not the name of a database.'],
    ['a:', '"" is not the name of a database.'],
    ['mo_cdc', '"mo_cdc" belongs to the server itself.'],
    ['a:MySQL', '"MySQL" belongs to the server itself.'],
    ['a:x,A:y', 'The source database A is named more than once.'],
    ['a:x,b:X', 'The sink database X would get several source databases.'],
  ])('refuses %s', (text, reason) => {
    expect(reasons(() => parseDatabases(text))).toEqual([reason]);
  });

  it('wants at least one', () => {
    expect(reasons(() => mapDatabases([]))).toEqual(['No database is named.']);
  });
});

describe('copiesOntoItself', () => {
  const one = 'mysql://root:111@h:6001';

  it.each([
    ['account', [], one, 1],
    ['account', [], 'mysql://root:111@h:6002', 0],
    ['account', [], 'mysql://acc#root:111@h:6001', 0],
    ['database', [{ source: 'a', sink: 'A' }], one, 1],
    ['database', [{ source: 'a', sink: 'b' }], one, 0],
  ] as const)('level %s, %j, to %s', (level, databases, sinkUri, complaints) => {
    const spec = scenarioSpec({ level, tables: [], databases, sourceUri: one, sinkUri });
    expect(copiesOntoItself(spec)).toHaveLength(complaints);
    const known =
      level === 'account' || databases.some(({ source, sink }) => source.toLowerCase() === sink.toLowerCase());
    expect(copiesOntoItself(spec, true)).toHaveLength(known ? 1 : 0);
  });
});
