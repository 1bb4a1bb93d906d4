import { expect, test } from 'vitest';
import { matrixoneDialect } from '../../../lib/matrixone/sink/matrixone-dialect.ts';
import { mysqlDialect } from '../../../lib/mysql/mysql-dialect.ts';
import { readLimits } from '../../../lib/mysql/mysql-limits.ts';

test.each([
  ['8.0.36', true, false],
  ['8.4.2-log', true, false],
  ['10.11.19-MariaDB-0+deb12u1', true, false],
  ['11.4.2-MariaDB', true, false],
  ['5.7.44', false, false],
  ['8.0.30-MatrixOne-v4.2.0', false, true],
])('%s: fit for mysql %s, for matrixone %s', (version, mysql, matrixone) => {
  expect(mysqlDialect.unsuitable(version, false) === undefined).toBe(mysql);
  expect(matrixoneDialect.unsuitable(version, false) === undefined).toBe(matrixone);
});

test('a version of MatrixOne that was not tried is refused unless it is asked for', () => {
  const version = '8.0.30-MatrixOne-v4.2.1';
  expect(matrixoneDialect.unsuitable(version, false)).toBe(
    `${version} is not among the versions that were tried (MatrixOne 4.2.0)`,
  );
  expect(matrixoneDialect.unsuitable(version, true)).toBeUndefined();
});

test('the limit of a transaction is that of the log which the server keeps, if any', () => {
  const limits = (variables: Record<string, string>) => readLimits(new Map(Object.entries(variables))).transactionBytes;
  const cache = { max_allowed_packet: '1048576', max_binlog_cache_size: '4000000' };
  expect(readLimits(new Map(Object.entries(cache))).packetBytes).toBe(1_048_576);
  expect(limits({ ...cache, log_bin: 'OFF' })).toBe(Infinity);
  expect(limits({ ...cache, log_bin: 'ON' })).toBe(1_000_000);
  expect(limits({ ...cache, wsrep_on: 'OFF', wsrep_max_ws_size: '4000' })).toBe(Infinity);
  expect(limits({ ...cache, wsrep_on: 'ON', wsrep_max_ws_size: '4000' })).toBe(1_000);
  expect(limits({ group_replication_transaction_size_limit: '150000000' })).toBe(37_500_000);
  expect(limits({ group_replication_transaction_size_limit: '0' })).toBe(Infinity);
});
