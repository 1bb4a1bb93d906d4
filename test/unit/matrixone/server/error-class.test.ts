import { describe, expect, test } from 'vitest';
import { classifyMatrixone } from '../../../../lib/matrixone/server/error-class.ts';
import { sinkErrors, sourceErrors } from '../../../../lib/wire/end-errors.ts';
import { classifyMysql } from '../../../../lib/wire/error-class.ts';

const error = (errno: number, message: string, code = ''): Error => Object.assign(new Error(message), { errno, code });

describe('errors of MatrixOne', () => {
  test.each([
    [20101, 'internal error: find 0 snapshot records by name(p), expect only 1', 'HISTORY_LOST'],
    [20101, 'internal error: feature SNAPSHOT with scope table has reached the limit of 50', 'SNAPSHOT_QUOTA'],
    [20101, 'internal error: do not have privilege to execute the statement', 'SOURCE_PRIVILEGE'],
    [20101, 'internal error: there is no user bob', 'SOURCE_ACCESS_DENIED'],
    [1045, 'Access denied for user root. internal error: check password failed', 'SOURCE_ACCESS_DENIED'],
    [1064, 'SQL parser error: table "t" does not exist', 'SOURCE_TABLE_MISSING'],
    [1049, 'Unknown database x', 'SOURCE_TABLE_MISSING'],
    [
      20101,
      "internal error: schema compatibility check: base column 'v' is not present in target schema",
      'SCHEMA_CHANGED',
    ],
    [20101, "internal error: column 'u' exists in both schemas but has different types", 'SCHEMA_CHANGED'],
    [20101, 'internal error: data branch: schema-evolution lineage metadata is missing for t', 'SCHEMA_CHANGED'],
    [1064, 'SQL parser error: You have an error in your SQL syntax', 'SOURCE_ERROR'],
    [20101, 'internal error: something else', 'SOURCE_ERROR'],
  ])('at the source: %i %s', (errno, message, code) => {
    expect(sourceErrors(classifyMatrixone)(error(errno, message)).code).toBe(code);
  });

  test.each([
    [
      20101,
      "internal error: Can't cast column from VARCHAR type to VARCHAR type because of one or more values in that column. Src length 20 is larger than Dest length 10",
      'SINK_ROW_REJECTED',
    ],
    [1062, "Duplicate entry '1' for key 'id'", 'SINK_DUPLICATE_KEY'],
    [1205, 'Lock wait timeout exceeded; try restarting transaction', 'SINK_LOCKED'],
    [20701, 'deadlock detected', 'SINK_LOCKED'],
    [20619, 'w-w conflict', 'SINK_LOCKED'],
    [1406, "Can't cast 'abcdefgh' to CHAR type. Src length 8 is larger than Dest length 5", 'SINK_ROW_REJECTED'],
    [20101, "internal error: the input value 'deadlock' is not int32 type for column 3", 'SINK_ROW_REJECTED'],
    [20202, 'data truncated: data type varchar', 'SINK_ROW_REJECTED'],
    [20301, 'invalid input: column nope does not exist', 'SINK_TABLE_MISMATCH'],
    [
      20101,
      'internal error: convert to MySQL enum failed: item no such table x is not in enum [a b]',
      'SINK_ROW_REJECTED',
    ],
    [1049, 'Unknown database x', 'SINK_DATABASE_MISSING'],
    [20101, 'internal error: do not have privilege to execute the statement', 'SINK_PRIVILEGE'],
    [20506, 'service unavailable: x', 'SINK_UNREACHABLE'],
    [20628, 'txn need retry in rc mode', 'SINK_LOCKED'],
    [20432, 'request rejected by raft', 'SINK_UNREACHABLE'],
    [20638, 'txn commit status is unknown: x', 'SINK_UNREACHABLE'],
    [3015, 'mpool physical capacity exceeded: x', 'SINK_FULL'],
    [20101, 'internal error: write s3.log: no space left on device', 'SINK_FULL'],
    [20101, "internal error: the input value 'no space left on device' is not int32 type", 'SINK_ROW_REJECTED'],
    [20101, 'internal error: Account acc is suspended', 'SINK_ACCESS_DENIED'],
    [20101, 'internal error: user is locked, please ask the administrator to unlock', 'SINK_ACCESS_DENIED'],
    [20101, 'internal error: do not have enough storage to execute the statement', 'SINK_FULL'],
  ])('at the sink: %i %s', (errno, message, code) => {
    expect(sinkErrors(classifyMatrixone)(error(errno, message)).code).toBe(code);
  });
});

describe('errors of MySQL, MariaDB and the driver', () => {
  test.each([
    [0, 'connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED', 'SINK_UNREACHABLE', true],
    [0, 'Connection lost: The server closed the connection.', 'PROTOCOL_CONNECTION_LOST', 'SINK_UNREACHABLE', true],
    [0, 'connect ETIMEDOUT', 'ETIMEDOUT', 'SINK_UNREACHABLE', true],
    [0, 'getaddrinfo ENOTFOUND nowhere', 'ENOTFOUND', 'SINK_UNREACHABLE', true],
    [1040, 'Too many connections', '', 'SINK_UNREACHABLE', true],
    [1927, 'Connection was killed', '', 'SINK_UNREACHABLE', true],
    [1045, 'Access denied for user', '', 'SINK_ACCESS_DENIED', false],
    [1142, 'INSERT command denied', '', 'SINK_PRIVILEGE', false],
    [1044, 'Access denied for user to database', '', 'SINK_PRIVILEGE', false],
    [1049, 'Unknown database', '', 'SINK_DATABASE_MISSING', false],
    [1146, 'Table does not exist', '', 'SINK_TABLE_MISSING', true],
    [1054, 'Unknown column', '', 'SINK_TABLE_MISMATCH', false],
    [1062, 'Duplicate entry', '', 'SINK_DUPLICATE_KEY', false],
    [1213, 'Deadlock found', '', 'SINK_LOCKED', true],
    [1205, 'Lock wait timeout', '', 'SINK_LOCKED', true],
    [1406, 'Data too long', '', 'SINK_ROW_REJECTED', false],
    [4025, 'CONSTRAINT `c` failed', '', 'SINK_ROW_REJECTED', false],
    [1153, 'Got a packet bigger than max_allowed_packet', '', 'SINK_ROW_REJECTED', false],
    [1030, 'Got error 28 "No space left on device" from storage engine InnoDB', '', 'SINK_FULL', true],
    [1030, 'Got error 168 - unknown from engine', '', 'SINK_ERROR', true],
    [1114, "The table 't' is full", '', 'SINK_FULL', true],
    [1021, 'Disk full (/tmp); waiting for someone to free some space... (errno: 28)', '', 'SINK_FULL', true],
    [1290, 'The MariaDB server is running with the --read-only option', '', 'SINK_READ_ONLY', true],
    [1290, 'The MySQL server is running with the --secure-file-priv option', '', 'SINK_ERROR', true],
    [1792, 'Cannot execute statement in a READ ONLY transaction', '', 'SINK_READ_ONLY', true],
    [1117, 'Too many columns', '', 'SINK_TABLE_UNSUPPORTED', false],
    [1118, 'Row size too large (> 8126)', '', 'SINK_TABLE_UNSUPPORTED', false],
    [1005, `Can't create table x.y (errno: 185 "Too many columns")`, '', 'SINK_TABLE_UNSUPPORTED', false],
    [1005, `Can't create table x.y (errno: 36 "File name too long")`, '', 'SINK_TABLE_UNSUPPORTED', false],
    [1005, `Can't create table x.y (errno: 28 "No space left on device")`, '', 'SINK_FULL', true],
    [4151, 'Access denied, this account is locked', '', 'SINK_ACCESS_DENIED', false],
    [1836, 'Running in read-only mode', '', 'SINK_READ_ONLY', true],
    [1062, "Duplicate entry 'No space left on device' for key", '', 'SINK_DUPLICATE_KEY', false],
    [0, "Can't add new command when connection is in closed state", '', 'SINK_UNREACHABLE', true],
    [0, 'Client requires mysql_clear_password', 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED', 'SINK_ACCESS_DENIED', false],
  ])('%i %s %s is %s', (errno, message, code, expected, retry) => {
    expect(sinkErrors(classifyMysql)(error(errno, message, code))).toMatchObject({ code: expected, retry });
  });

  test('an error of several addresses says what each said', () => {
    const failed = new AggregateError([
      error(0, 'connect ECONNREFUSED ::1'),
      error(0, 'connect ECONNREFUSED 127.0.0.1'),
    ]);
    const { code, message } = sinkErrors(classifyMysql)(Object.assign(failed, { code: 'ECONNREFUSED' }));
    expect(code).toBe('SINK_UNREACHABLE');
    expect(message).toContain('::1; connect');
  });
});
