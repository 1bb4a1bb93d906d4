import { type Setting, UTF8 } from '../../wire/session-settings.ts';

/** Strict, and zero in an AUTO_INCREMENT column is a value like any other. */
const SQL_MODE = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION';

/** What says in both directions, at either end, what is meant; of what 4.2.0 heeds. */
export const MATRIXONE_SETTINGS: readonly Setting[] = [
  // Values are written as UTF-8, with backslashes.
  ...UTF8,
  { name: 'sql_mode', value: SQL_MODE },
  { name: 'time_zone', value: '+00:00' },
  { name: 'autocommit', value: 1 },
  // An administrator may have reads of a role rewritten, so that they give other rows.
  { name: 'enable_remap_hint', value: 0, whereKnown: true },
];
