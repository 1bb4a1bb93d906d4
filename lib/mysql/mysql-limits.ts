import type { ServerLimits } from '../sink/dialect/dialect.ts';
import type { Variables } from '../wire/session-settings.ts';

/** A changed row is logged as it was and as it is, and values in other bytes than they are printed in. */
const LOGGED = 4;

/** Those that a server does not know are not shown. */
export const LIMIT_VARIABLES = [
  'max_allowed_packet',
  'log_bin',
  // Both are ignored by servers that do not log: error 1197 by those that do.
  'max_binlog_cache_size',
  // Galera.
  'wsrep_on',
  'wsrep_max_ws_size',
  // Group Replication; 0 is no limit.
  'group_replication_transaction_size_limit',
];

/** What MySQL and MariaDB say in their variables. */
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
