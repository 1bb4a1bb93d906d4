import type { ServerLimits } from '../sink/dialect/dialect.ts';
import type { Variables } from '../wire/session-settings.ts';

/**
 * The log holds a changed row before and after the change, and its values may take more bytes than they are printed in.
 */
const LOGGED = 4;

/** A server does not show variables that it does not know. */
export const LIMIT_VARIABLES = [
  'max_allowed_packet',
  'log_bin',
  // A server that does not log ignores both. A server that logs fails with error 1197.
  'max_binlog_cache_size',
  // Galera.
  'wsrep_on',
  'wsrep_max_ws_size',
  // Group Replication; 0 is no limit.
  'group_replication_transaction_size_limit',
];

/** Reads the limits from the variables of MySQL and MariaDB. */
export function readLimits(variables: Variables): ServerLimits {
  const isOn = (name: string): boolean => variables.get(name) === 'ON';
  const bytes = (name: string): number => {
    const value = Number(variables.get(name) ?? 0);
    return value > 0 ? value : Infinity;
  };
  const logged = Math.min(
    isOn('log_bin') ? bytes('max_binlog_cache_size') : Infinity,
    isOn('wsrep_on') ? bytes('wsrep_max_ws_size') : Infinity,
    bytes('group_replication_transaction_size_limit'),
  );
  return { packetBytes: bytes('max_allowed_packet'), transactionBytes: Math.floor(logged / LOGGED) };
}
