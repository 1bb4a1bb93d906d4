import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rejection } from '../../../lib/task/rejection.ts';
import { copiesOntoItself } from '../../../lib/task/database-mapping.ts';
import { mapTables, parseTables } from '../../../lib/task/table-mapping.ts';
import { scenarioSpec } from '../../support/scenario-task.ts';

const reasons = (read: () => unknown): string[] => {
  try {
    read();
  } catch (error) {
    if (error instanceof Rejection) {
      expect(error.code).toBe('MAPPING_INVALID');
      return error.complaints.map((complaint) => complaint.found);
    }
    throw error;
  }
  return [];
};

const SYSTEM = 'information_schema mo_catalog mo_cdc mo_debug mo_task mysql performance_schema system system_metrics';

/** Names as servers take them: no separator, no control character, no space at the ends. */
const names = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .map((text) => text.replaceAll(/[,.:`\p{Cc}]/gu, '').trim())
  .filter((text) => text !== '' && !SYSTEM.split(' ').includes(text.toLowerCase()));
const tableNames = fc.record({ database: names, table: names });

describe('parseTables', () => {
  it('reads the mapping of the scenario', () => {
    expect(parseTables('production_db.user_activities:analytics_db.analytics_activities')).toEqual([
      {
        source: { database: 'production_db', table: 'user_activities' },
        sink: { database: 'analytics_db', table: 'analytics_activities' },
      },
    ]);
  });

  it('takes the name of the source where no sink is named', () => {
    const name = { database: 'db', table: 't' };
    expect(parseTables('db.t')).toEqual([{ source: name, sink: name }]);
  });

  it('reads back whatever names can be written', () => {
    const mappings = fc.uniqueArray(fc.record({ source: tableNames, sink: tableNames }), {
      minLength: 1,
      selector: (mapping) => `${mapping.source.database}.${mapping.source.table}`.toLowerCase(),
    });
    fc.assert(
      fc.property(mappings, (tables) => {
        const sinks = new Set(tables.map(({ sink }) => `${sink.database}.${sink.table}`.toLowerCase()));
        fc.pre(sinks.size === tables.length);
        const text = tables
          .map(({ source, sink }) => `${source.database}.${source.table}:${sink.database}.${sink.table}`)
          .join(',');
        expect(parseTables(text)).toEqual(tables);
      }),
    );
  });

  it('answers any text with tables or with reasons', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '.', ':', ',', '`', ' ', '\n') }), (text) => {
        const found = reasons(() => {
          expect(parseTables(text).length).toBeGreaterThan(0);
        });
        expect(found.every((reason) => reason !== '')).toBe(true);
      }),
    );
  });

  it.each(['my db.order', 'db.select', '数据库.用户活动', `db.it's "quoted"`, 'db.a-b#c', ' db.t '])(
    'takes %j',
    (text) => {
      expect(parseTables(text)).toHaveLength(1);
    },
  );

  it.each(['', ' ', 'db', 'db.', '.t', 'a.b.c', 'db.t:', ':db.t', 'db.t,', 'db.`t`', 'db.a\tb', 'a.b:c.d:e.f'])(
    'refuses %j',
    (text) => {
      expect(reasons(() => parseTables(text))).not.toEqual([]);
    },
  );

  it.each(SYSTEM.split(' '))('refuses the database %s at either end, in any case', (database) => {
    expect(reasons(() => parseTables(`${database}.t:db.t`))).toHaveLength(1);
    expect(reasons(() => parseTables(`db.t:${database.toUpperCase()}.t`))).toHaveLength(1);
  });

  it('refuses a source table named twice, also in another case', () => {
    expect(reasons(() => parseTables('db.t:a.t,DB.T:b.t'))).toEqual(['The source table DB.T is named more than once.']);
  });

  it('refuses two sources for one sink table', () => {
    expect(reasons(() => parseTables('a.t:db.t,b.t:db.t'))).toEqual([
      'The sink table db.t would get rows of several source tables.',
    ]);
  });

  it('names everything that is wrong at once', () => {
    expect(reasons(() => parseTables('a.b:c.d:e.f,nodot,mysql.user'))).toEqual([
      '"a.b:c.d:e.f" has more than one colon.',
      '"nodot" is not of the form database.table.',
      '"mysql.user" is in a database of the server itself, or of the product.',
    ]);
  });
});

describe('mapTables', () => {
  it('reads pairs, the sink defaulting to the source', () => {
    expect(mapTables([{ source: 'a.b' }, { source: 'c.d', sink: 'e.f' }])).toEqual(parseTables('a.b,c.d:e.f'));
  });

  it('takes no colons or commas inside a name', () => {
    expect(reasons(() => mapTables([{ source: 'a.b:c' }, { source: 'a.b,c' }]))).toHaveLength(2);
    expect(reasons(() => mapTables([]))).toEqual(['No table is named.']);
  });
});

describe('tables that are copied onto themselves', () => {
  const copies = (tables: string, sourceUri: string, sinkUri: string): number =>
    copiesOntoItself(scenarioSpec({ tables: parseTables(tables), sourceUri, sinkUri })).length;

  it('finds a table mapped to itself on the same server and account', () => {
    expect(copies('a.b,a.c:a.d', 'mysql://u:p@h:6001', 'mysql://other:p@H:6001')).toBe(1);
    expect(copies('a.b:A.B', 'mysql://acc:u:p@h:6001', 'mysql://acc#v:p@h:6001')).toBe(1);
  });

  it('lets other tables, servers and accounts pass', () => {
    expect(copies('a.b:a.c', 'mysql://u:p@h:6001', 'mysql://u:p@h:6001')).toBe(0);
    expect(copies('a.b', 'mysql://u:p@h:6001', 'mysql://u:p@h:6002')).toBe(0);
    expect(copies('a.b', 'mysql://u:p@h:6001', 'mysql://acc#u:p@h:6001')).toBe(0);
  });
});
