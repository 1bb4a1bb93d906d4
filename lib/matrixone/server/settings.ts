import { type Setting, UTF8 } from '../../wire/session-settings.ts';

/** Strict. A zero in an AUTO_INCREMENT column is a value like any other. */
const SQL_MODE = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION';

/**
 * Settings that make statements and answers mean what we take them to mean, at either end. Only settings that 4.2.0
 * heeds.
 */
export const MATRIXONE_SETTINGS: readonly Setting[] = [
  // Statements are UTF-8, and backslashes escape.
  ...UTF8,
  { name: 'sql_mode', value: SQL_MODE },
  { name: 'time_zone', value: '+00:00' },
  { name: 'autocommit', value: 1 },
  // An administrator may have a role's reads rewritten, which would then return other rows.
  { name: 'enable_remap_hint', value: 0, whereKnown: true },
];
