import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ERROR_CLASSES } from '../../../lib/error-classes.ts';
import { errorKind } from '../../../lib/error-codes.ts';
import { classifyMatrixone, MATRIXONE_NUMBERS } from '../../../lib/matrixone/server/error-class.ts';
import { sinkErrors, sourceErrors } from '../../../lib/wire/end-errors.ts';
import { classifyMysql, MYSQL_NUMBERS } from '../../../lib/wire/error-class.ts';
import type { Failure } from '../../../lib/wire/failure.ts';

/** As the driver throws it: its own code in place of Node's, whose message stays. */
const tlsError = (message: string): Error => Object.assign(new Error(message), { code: 'HANDSHAKE_SSL_ERROR' });

describe('errors of TLS', () => {
  test.each([
    'self-signed certificate',
    'self-signed certificate in certificate chain',
    'unable to verify the first certificate',
    'unable to get local issuer certificate',
    'certificate has expired',
    "Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list: ",
    '140:error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version',
    'write EPROTO 40:error:0A00010B:SSL routines:ssl3_get_record:wrong version number',
  ])('%s: an operator has to act', (message) => {
    expect(sinkErrors(classifyMysql)(tlsError(message))).toMatchObject({ code: 'SINK_TLS', retry: false });
    expect(sinkErrors(classifyMatrixone)(tlsError(message)).code).toBe('SINK_TLS');
    expect(sourceErrors(classifyMatrixone)(tlsError(message)).code).toBe('SOURCE_TLS');
  });

  test.each([
    'read ECONNRESET',
    'write EPIPE',
    'Client network socket disconnected before secure TLS connection was established',
  ])('%s: the network may come back', (message) => {
    expect(sinkErrors(classifyMysql)(tlsError(message))).toMatchObject({ code: 'SINK_UNREACHABLE', retry: true });
    expect(sourceErrors(classifyMatrixone)(tlsError(message)).code).toBe('SOURCE_UNREACHABLE');
  });

  test('a server that offers none', () => {
    const error = Object.assign(new Error('Server does not support secure connection'), {
      code: 'HANDSHAKE_NO_SSL_SUPPORT',
    });
    expect(sourceErrors(classifyMatrixone)(error).code).toBe('SOURCE_TLS');
    expect(sinkErrors(classifyMysql)(error).code).toBe('SINK_TLS');
  });
});

/** All error numbers that the driver has a name for. */
const NAMES = createRequire(import.meta.url)(
  join(dirname(createRequire(import.meta.url).resolve('mysql2')), 'lib', 'constants', 'errors.js'),
) as Readonly<Record<string, number>>;

describe('the numbers of MySQL and MariaDB', () => {
  test.each([
    ['full', /^ER_(?:DISK_FULL|DISK_FULL_NOWAIT|RECORD_FILE_FULL|OUTOFMEMORY|OUT_OF_\w+|ENGINE_OUT_OF_MEMORY)$/u],
    ['read-only', /^ER_(?:OPEN_AS_READONLY|CANT_EXECUTE_IN_READ_ONLY_TRANSACTION|READ_ONLY_MODE|SCHEMA_READ_ONLY)$/u],
    ['locked', /^ER_(?:LOCK_WAIT_TIMEOUT|LOCK_DEADLOCK|LOCK_NOWAIT|LOCK_ABORTED)$/u],
    ['duplicate-key', /^ER_(?:DUP_ENTRY\w*KEY_NAME|DUP_ENTRY|DUP_KEY|DUP_UNIQUE|FOREIGN_DUPLICATE_KEY\w*)$/u],
    [
      'access-denied',
      /^ER_(?:ACCESS_DENIED\w*|ACCOUNT_HAS_BEEN_LOCKED|MUST_CHANGE_PASSWORD\w*|NOT_SUPPORTED_AUTH_MODE)$/u,
    ],
    ['privilege', /^ER_(?:DBACCESS|TABLEACCESS|COLUMNACCESS|SPECIFIC_ACCESS|PROCACCESS)_DENIED_ERROR$/u],
    [
      'unreachable',
      /^ER_(?:NET_(?!PACKET_TOO|OK_)\w+|SERVER_SHUTDOWN|CON_COUNT_ERROR|TOO_MANY_USER_CONNECTIONS|\w*ABORTING_CONNECTION|SESSION_WAS_KILLED|SERVER_OFFLINE_MODE)$/u,
    ],
    [
      'value-rejected',
      /^ER_(?:DATA_TOO_LONG|DATA_OUT_OF_RANGE|TRUNCATED_WRONG_VALUE\w*|CHECK_CONSTRAINT_VIOLATED|BAD_NULL_ERROR|NET_PACKET_TOO_LARGE)$/u,
    ],
  ] satisfies [Failure, RegExp][])('are %s by their names %s', (failure, names) => {
    const found = Object.entries(NAMES).filter(([name, number]) => names.test(name) && number < 10_000);
    expect(found.length).toBeGreaterThan(3);
    const others = found.filter(([, errno]) => classifyMysql({ code: '', errno, message: '' }) !== failure);
    expect(others.map(([name]) => name)).toEqual([]);
  });

  test.each([
    [
      3750,
      "Unable to create or change a table without a primary key, when …'sql_require_primary_key' is set.",
      'TABLE',
    ],
    [1173, 'This table type requires a primary key', 'TABLE'],
    [1235, "…doesn't yet support 'an operation that leaves the table without a PRIMARY KEY or a UNIQUE NOT…'", 'TABLE'],
    [1235, "This version of MySQL doesn't yet support 'LIMIT & IN/ALL/ANY/SOME subquery'", 'ERROR'],
    [13, "Can't get stat of './@8868' (OS errno 36 - File name too long)", 'TABLE'],
    [3159, 'Connections using insecure transport are prohibited while --require_secure_transport=ON.', 'TLS'],
  ])('of what a server demands: %d %s', (errno, message, what) => {
    const code = { TABLE: 'SINK_TABLE_UNSUPPORTED', ERROR: 'SINK_ERROR', TLS: 'SINK_TLS' }[what];
    expect(sinkErrors(classifyMysql)(Object.assign(new Error(message), { errno, code: '' })).code).toBe(code);
  });

  test('stand for one failure each', () => {
    for (const table of [MYSQL_NUMBERS, MATRIXONE_NUMBERS]) {
      const numbers = table.flatMap(([, each]) => each);
      expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([]);
    }
  });

  test('never leave an error without a code, a class and something to do', () => {
    const anything = fc.record({ code: fc.string(), errno: fc.nat(70_000), message: fc.string() });
    fc.assert(
      fc.property(anything, (found) => {
        for (const convert of [
          sinkErrors(classifyMysql),
          sinkErrors(classifyMatrixone),
          sourceErrors(classifyMatrixone),
        ]) {
          const { code, action } = convert(Object.assign(new Error(found.message), found));
          expect(ERROR_CLASSES).toContain(errorKind(code).class);
          expect(action).not.toBe('');
        }
      }),
    );
  });
});
