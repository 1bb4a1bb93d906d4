import { marshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { toItem } from '../../../lib/dynamodb/items/task-item.ts';
import {
  type CheckProgress,
  failedTable,
  newCheck,
  NOTHING_COMPARED,
  withDone,
} from '../../../lib/record/check-progress.ts';
import { noteTables } from '../../../lib/replication/tables/note-tables.ts';
import { roomForMore, withTable } from '../../../lib/record/table-room.ts';
import { newProgress, type Progress } from '../../../lib/record/progress.ts';
import { noteSimplified } from '../../../lib/replication/tables/simplified.ts';
import { tableKey, type TableMapping, readTableKey } from '../../../lib/task/task.ts';
import { taskRecord } from '../../support/task-records.ts';

const TABLES = 10_000;
const ITEM = 400 * 1024;

/** Names of 64 characters of four bytes each. */
const longNames = (count: number): TableMapping[] =>
  Array.from({ length: count }, (_, number) => {
    const table = `${String(number).padStart(5, '0')}${'𠜎'.repeat(59)}`;
    const name = { database: '😀'.repeat(64), table };
    return { source: name, sink: name };
  });

const plainNames = (count: number): TableMapping[] =>
  Array.from({ length: count }, (_, number) => {
    const name = { database: 'production_db', table: `table_${String(number).padStart(8, '0')}` };
    return { source: name, sink: name };
  });

/** As DynamoDB counts: names, values, and a little for each list, map and element. */
function sizeOf(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1;
  if (value.L !== undefined) return value.L.reduce((sum, one) => sum + sizeOf(one) + 1, 3);
  if (value.M !== undefined) return itemSize(value.M) + Object.keys(value.M).length + 3;
  return 1;
}

const itemSize = (item: Record<string, AttributeValue>): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOf(value), 0);

const NOTHING = { kept: [], added: [], dropped: [], removed: [], aside: [], leftOut: [] };
const LONG = 'ö'.repeat(300);

/** A check that found every third table differing, and could not compare every fifth. */
const checked = (tables: readonly TableMapping[]): CheckProgress =>
  tables.reduce(
    (check, { source }, number) => {
      const examples = Array.from({ length: 10 }, () => ({ kind: 'different' as const, key: '界'.repeat(60) }));
      const differing = { ...NOTHING_COMPARED, rows: 1, different: number % 3 === 0 ? 10 : 0, examples };
      const found = number % 5 === 0 ? failedTable(differing, 'SOURCE_ERROR', LONG) : differing;
      return withDone(check, tableKey(source), number % 3 === 0 ? found : { ...found, examples: [] });
    },
    newCheck(1, 'verify', 1),
  );

function fullest(tables: readonly TableMapping[]): Progress {
  const progress = newProgress(1, 1);
  const leftOut = tables.map(({ source }) => ({ table: tableKey(source), reason: LONG }));
  const noted = {
    ...progress,
    ...noteTables(progress, { ...NOTHING, kept: [...tables], dropped: [...tables], leftOut }),
  };
  const counted = { chunks: 100_000, chunksDone: 99_999, rows: 1_234_567_890, total: 1_234_567_890 };
  const all = Object.fromEntries(Object.keys(noted.tables).map((key) => [key, counted]));
  const whole = { ...noted, ...noteSimplified(progress, { notes: leftOut, whole: [] }) };
  return { ...whole, tables: all, check: checked(tables.slice(0, 2_000)) };
}

describe('the item of a task of 10,000 tables', () => {
  it.each([
    ['long names of four bytes a character', longNames(TABLES)],
    ['plain names', plainNames(TABLES)],
  ])('fits with %s, and still says how many there are', (_, tables) => {
    const progress = fullest(tables);
    const item = marshall(toItem(taskRecord('t', { progress })), { removeUndefinedValues: true });
    // What a declaration may take, and what an edit replaces, come on top.
    expect(itemSize(item) + 150 * 1024).toBeLessThan(ITEM - 60_000);
    expect([progress.leftOut.count, progress.check?.tablesDone]).toEqual([TABLES, 2_000]);
    expect(progress.simplified.count).toBe(TABLES);
    expect(Object.keys(progress.tables).length).toBeGreaterThan(100);
    expect(Object.values(progress.check?.tables ?? {}).some(({ error }) => error !== undefined)).toBe(true);
  });

  it('shows 1,000 tables of ordinary names', () => {
    expect(Object.keys(fullest(plainNames(TABLES)).tables)).toHaveLength(1_000);
  });

  it('takes no table more where there is no room, whoever adds it', () => {
    const { tables } = fullest(longNames(TABLES));
    const more = readTableKey('one.more');
    const long = readTableKey(more.padEnd(600, 'x'));
    expect(withTable(tables, long, { chunks: 0, chunksDone: 0, rows: 0 })).toBe(tables);
    expect(roomForMore(tables)(long)).toBe(false);
    expect(roomForMore({})(more)).toBe(true);
  });
});
