import { expect, it } from 'vitest';
import { ERROR_CLASSES, ERROR_SCOPES, type ErrorScope } from '../../lib/error-classes.ts';
import { type ErrorCode, errorKind, ERRORS, isOfScope, mayBeOfTable } from '../../lib/error-codes.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];
const having = (...scopes: ErrorScope[]): ErrorCode[] => CODES.filter((code) => isOfScope(code, ...scopes));

it('every error has a known class and scope', () => {
  for (const code of CODES) {
    expect([code, ERROR_CLASSES.includes(errorKind(code).class)]).toEqual([code, true]);
    expect([code, ERROR_SCOPES.includes(errorKind(code).scope)]).toEqual([code, true]);
  }
});

it.each<[ErrorScope, string[]]>([
  ['basis', ['HISTORY_LOST', 'FENCE_MISMATCH']],
  ['worker', ['FENCED', 'LEASE_LOST']],
  ['service', ['WORKER_NOT_STARTED', 'INTERNAL']],
  ['store', CODES.filter((code) => code.startsWith('STORE_'))],
  ['row', ['SINK_ROW_REJECTED', 'SINK_ROW_TOO_LARGE', 'SINK_DUPLICATE_KEY']],
  ['command', CODES.filter((code) => code.startsWith('TASK_') && code !== 'TASK_EDITED')],
  [
    'definition',
    [
      ...['TABLE_WITHOUT_KEY', 'TABLE_KIND_UNSUPPORTED', 'TABLE_DEFINITION_UNSUPPORTED', 'TABLE_NAME_UNSUPPORTED'],
      'TYPE_UNSUPPORTED',
    ],
  ],
  [
    'task',
    [
      ...['UNREACHABLE', 'ACCESS_DENIED', 'SECRET', 'TLS', 'LOGIN_UNSAFE', 'SETTINGS'].flatMap((what) => [
        `SOURCE_${what}`,
        `SINK_${what}`,
      ]),
      ...['SINK_READ_ONLY', 'SINK_FULL', 'SINK_LOCKED', 'SINK_NEWER', 'SNAPSHOT_QUOTA'],
    ],
  ],
])('%s is the scope of %j', (scope, codes) => {
  expect(having(scope).toSorted()).toEqual(codes.toSorted());
});

it('an error of the class `table` is about one table; some others may be', () => {
  for (const code of CODES) {
    if (errorKind(code).class === 'table') expect([code, mayBeOfTable(code)]).toEqual([code, true]);
  }
  // Of another class, but taken for the table's own where they come with one table only.
  const others = CODES.filter((code) => errorKind(code).class !== 'table' && mayBeOfTable(code));
  expect(others.toSorted()).toEqual([
    ...['CHANGES_UNREADABLE', 'SINK_ANSWER', 'SINK_ERROR', 'SINK_PRIVILEGE', 'SINK_TABLE_MISSING', 'SOURCE_ANSWER'],
    ...['SOURCE_ERROR', 'SOURCE_PRIVILEGE'],
  ]);
});

it('no refusal of a request or a command is taken for the error of a table', () => {
  for (const code of having('request', 'command')) expect([code, mayBeOfTable(code)]).toEqual([code, false]);
});

it('whatever may come of a way that is missing names the parameter that decides it', () => {
  const ofDatabases = CODES.filter((code) => code.endsWith('_UNREACHABLE'));
  const ofServices: ErrorCode[] = ['SOURCE_SECRET', 'SINK_SECRET', 'SECRET_ERROR', 'STORE_ERROR'];
  expect(ofDatabases).toEqual(['SOURCE_UNREACHABLE', 'SINK_UNREACHABLE']);
  for (const code of [...ofDatabases, ...ofServices]) {
    expect(errorKind(code).action, code).toContain('parameter `network`');
    expect(errorKind(code).action, code).toContain('docs/deploy.md');
  }
});
