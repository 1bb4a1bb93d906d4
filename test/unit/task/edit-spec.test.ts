import { describe, expect, it } from 'vitest';
import { type TaskEdit, editedSpec } from '../../../lib/task/edit-spec.ts';
import { Rejection } from '../../../lib/task/rejection.ts';
import type { TaskSpec } from '../../../lib/task/task.ts';
import { scenarioSpec } from '../../support/scenario-task.ts';

const spec = scenarioSpec();
const USER = 'production_db.user_activities';
const MORE = { source: 'production_db.orders', sink: 'analytics_db.orders' };
const databases = scenarioSpec({ level: 'database', tables: [], databases: [{ source: 'a', sink: 'b' }] });

const tablesOf = (edited: TaskSpec): string[] =>
  edited.tables.map(({ source, sink }) => `${source.database}.${source.table}:${sink.database}.${sink.table}`);

const complaintsOf = (of: TaskSpec, edit: TaskEdit) => {
  try {
    editedSpec(of, edit);
  } catch (error) {
    if (error instanceof Rejection) return error.complaints.map(({ setting }) => setting);
    throw error;
  }
  return [];
};

describe('an edited declaration', () => {
  it('is the same where nothing is given', () => {
    expect(editedSpec(spec, {})).toEqual(spec);
    expect(editedSpec(databases, { options: {} })).toEqual(databases);
  });

  it('has tables added and taken out, whatever the case of their names', () => {
    const added = editedSpec(spec, { addTables: [MORE, { source: 'a.b' }] });
    expect(tablesOf(added)).toEqual([
      `${USER}:analytics_db.analytics_activities`,
      'production_db.orders:analytics_db.orders',
      'a.b:a.b',
    ]);
    expect(tablesOf(editedSpec(added, { removeTables: [USER.toUpperCase(), ' a.b'] }))).toEqual([
      'production_db.orders:analytics_db.orders',
    ]);
    expect(tablesOf(editedSpec(spec, { tables: [MORE] }))).toEqual(['production_db.orders:analytics_db.orders']);
  });

  it('does not get a table twice that it has, and says so when it would go elsewhere', () => {
    const same = { source: USER, sink: 'Analytics_DB.analytics_activities' };
    expect(editedSpec(spec, { addTables: [same] })).toEqual(spec);
    expect(complaintsOf(spec, { addTables: [{ source: USER, sink: 'x.y' }] })).toEqual(['tables']);
    expect(tablesOf(editedSpec(spec, { removeTables: [USER], addTables: [{ source: USER, sink: 'x.y' }] }))).toEqual([
      `${USER}:x.y`,
    ]);
  });

  it('has databases and patterns changed at their level', () => {
    const edit = { addDatabases: [{ source: 'c' }], removeDatabases: ['A'], exclude: ['tmp'] };
    expect(editedSpec(databases, edit)).toMatchObject({ databases: [{ source: 'c', sink: 'c' }], exclude: ['tmp'] });
    expect(editedSpec(databases, { exclude: [] }).exclude).toEqual([]);
  });

  it('has single options changed', () => {
    const { options } = editedSpec(spec, { options: { pollIntervalMs: 5_000, endTs: '2030-01-01T00:00:00.000Z' } });
    expect(options).toEqual({ ...spec.options, pollIntervalMs: 5_000, endTs: '2030-01-01T00:00:00.000Z' });
  });

  it('is refused with every reason', () => {
    expect(
      complaintsOf(spec, { removeTables: ['a.b'], addDatabases: [], exclude: [], options: { noFull: true } }),
    ).toEqual(['addDatabases', 'exclude', 'removeTables', 'options.noFull']);
    expect(complaintsOf(databases, { tables: [], removeDatabases: ['x'] })).toEqual(['tables', 'removeDatabases']);
    expect(complaintsOf(spec, { removeTables: [USER] })).toEqual(['tables']);
  });
});
