import { classifyMysql } from '../../wire/error-class.ts';
import type { DriverError, Failure } from '../../wire/failure.ts';

/**
 * The text decides, because MatrixOne uses 20101 ("internal error") for nearly everything and 1064 for a missing table.
 * The order matters: a refusal of the account also mentions the snapshot.
 */
export const MATRIXONE_TEXTS: readonly (readonly [Failure, RegExp])[] = [
  // First, because the message quotes the value, which may be any text.
  ['value-rejected', /the input value .* is (?:not|invalid)|Can't cast '.*' to .* type/isu],
  ['value-rejected', /^(?:internal error: )?convert to MySQL (?:enum|set) failed/iu],
  // ALTER TABLE … MODIFY; this message quotes no value. From INT to DATETIME, for example, it comes for any values.
  ['value-rejected', /unsupport change from original type/iu],
  ['value-rejected', /Can't cast column from \w+ type to \w+ type because of one or more values/iu],
  ['snapshot-quota', /has reached the limit of \d+|has disabled for account|quota .*exceeded/iu],
  ['snapshot-exists', /snapshot .* already exists/iu],
  ['snapshot-missing', /find 0 snapshot records by name|snapshot .* (?:does not exist|not found)|\bstale read\b/iu],
  ['schema-changed', /schema compatibility check|schema-evolution lineage metadata|schema.* not compatible/iu],
  ['schema-changed', /column .* exists in both schemas but has different types|is not present in target schema/iu],
  ['privilege', /do(?:es)? not have privilege|only (?:the )?(?:sys|admin|account ?admin)|privilege check/iu],
  [
    'access-denied',
    /there is no (?:user|account|tenant)|check password failed|access denied|(?:user|account)(?: .*)? is (?:locked|suspended)/iu,
  ],
  ['table-missing', /table "?[^"]*"? does not exist|no such table/iu],
  ['database-missing', /unknown database|database "?[^"]*"? (?:does not exist|not exist)|invalid database/iu],
  ['column-missing', /unknown column|column .* does not exist|invalid input: column .*/iu],
  ['duplicate-key', /duplicate entry/iu],
  ['locked', /lock wait timeout|deadlock|w-w conflict|r-w conflict|txn need retry|lock table bind changed/iu],
  ['value-rejected', /data truncated|out of range|truncated type|constraint violation|data too long|cannot be null/iu],
  ['value-rejected', /invalid (?:argument|input).*(?:value|cast|bytes|json|enum|uuid|parsing|vector)/iu],
  ['local-infile-refused', /load data local.*(?:not supported|disabled)|local infile.*(?:not supported|disabled)/iu],
  ['unreachable', /backend closed|no available backend|service unavailable|connection reset|rpc (?:timeout|error)/iu],
  [
    'unreachable',
    /log service not ready|cn servers are busy|cannot connect to backend|rolling restart|system closed|no working store/iu,
  ],
  ['full', /no space left on device|not have enough storage|out of memory|mpool .*capacity exceeded/iu],
  ['read-only', /\bis read-only\b/iu],
];

export const MATRIXONE_NUMBERS: readonly (readonly [Failure, readonly number[]])[] = [
  // with a packet bigger than max_allowed_packet
  ['value-rejected', [13125, 20201, 20202, 20204, 20304, 20907]],
  ['duplicate-key', [20305, 20307, 20623, 20627]],
  ['database-missing', [20402, 20415]],
  ['table-missing', [20403]],
  ['column-missing', [20309]],
  // log service and its replicas, remote calls, busy or restarting nodes, a commit with an unknown outcome
  [
    'unreachable',
    [
      20401, 20416, 20417, 20419, 20422, 20429, 20430, 20431, 20432, 20434, 20435, 20437, 20438, 20500, 20501, 20502,
      20503, 20504, 20505, 20506, 20507, 20508, 20605, 20606, 20609, 20634, 20635, 20638, 20640,
    ],
  ],
  // conflicts, deadlocks, transactions that must begin again
  [
    'locked',
    [
      20600, 20601, 20602, 20603, 20611, 20612, 20617, 20618, 20619, 20622, 20628, 20629, 20630, 20631, 20632, 20701,
      20702, 20703, 20704, 20705, 20706, 20707, 20708, 20709, 20710,
    ],
  ],
  ['full', [20103, 20107]],
];

const FAILURES: ReadonlyMap<number, Failure> = new Map(
  MATRIXONE_NUMBERS.flatMap(([failure, numbers]) => numbers.map((number) => [number, failure] as const)),
);

/** Classifies an error of MatrixOne or the driver. */
export function classifyMatrixone(error: DriverError): Failure {
  const byText = MATRIXONE_TEXTS.find(([, pattern]) => pattern.test(error.message))?.[0];
  const general = classifyMysql(error);
  if (general !== 'other' && byText === undefined) return general;
  return byText ?? FAILURES.get(error.errno) ?? 'other';
}
