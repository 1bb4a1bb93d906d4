import type { DriverError, Failure } from './failure.ts';
import { NO_TLS } from './tls.ts';

/** The driver's code for any failure until the connection is encrypted. It replaces the error's own code. */
const TLS_FAILED = 'HANDSHAKE_SSL_ERROR';
/** Messages of failures of the network, not of the certificate. */
const BROKEN_OFF = /ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|socket disconnected|socket hang up/u;

/** Codes of Node and of the driver. Such errors have no number. */
export const DRIVER_CODES: Readonly<Record<'unreachable' | 'access-denied', readonly string[]>> = {
  unreachable:
    `ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ETIMEDOUT EHOSTUNREACH EHOSTDOWN ENETUNREACH ENETDOWN EADDRNOTAVAIL
     ENOTFOUND EAI_AGAIN EAI_FAIL EPROTO ENOTCONN PROTOCOL_CONNECTION_LOST PROTOCOL_SEQUENCE_TIMEOUT PROTOCOL_ERROR
     PROTOCOL_PACKETS_OUT_OF_ORDER PROTOCOL_UNEXPECTED_PACKET POOL_NOEXIST POOL_NONEONLINE ER_SERVER_SHUTDOWN`.split(
      /\s+/u,
    ),
  'access-denied': ['AUTH_SWITCH_PLUGIN_ERROR', 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED'],
};

const NETWORK = new Set(DRIVER_CODES.unreachable);
const LOGIN = new Set(DRIVER_CODES['access-denied']);

/** Messages of the driver, without a code, for a connection that it has closed. */
const CLOSED =
  /connection is in closed state|Can't write in closed state|Pool is closed|The server closed the connection/u;

/** Error numbers of MySQL 8 and MariaDB. Any other number is `other`, which is reported and tried again. */
export const MYSQL_NUMBERS: readonly (readonly [Failure, readonly number[]])[] = [
  // too many connections, shutdown, network read or write failed or timed out, killed, closed while idle, offline mode
  [
    'unreachable',
    [
      1040, 1042, 1043, 1053, 1077, 1079, 1080, 1129, 1152, 1154, 1155, 1156, 1157, 1158, 1159, 1160, 1161, 1184, 1203,
      1226, 1927, 3032, 3169, 4031, 4081, 4082,
    ],
  ],
  ['access-denied', [1045, 1130, 1251, 1275, 1524, 1698, 1820, 1862, 1873, 3118, 3955, 4150, 4151]],
  ['privilege', [1044, 1142, 1143, 1227, 1370, 1410, 3552, 3554, 3879]],
  ['database-missing', [1049, 3503]],
  ['table-missing', [1051, 1146, 1932]],
  ['column-missing', [1054, 1136, 1072]],
  // names, columns, rows, keys and comments that the server's tables cannot have, or a missing key
  [
    'table-unsupported',
    [1059, 1069, 1070, 1071, 1074, 1102, 1103, 1117, 1118, 1166, 1173, 1280, 1470, 1709, 3750, 4159],
  ],
  ['duplicate-key', [1022, 1062, 1169, 1557, 1586, 1761, 1762, 1859]],
  // too big a packet, CHECK, NULL, range, length, charset, date, JSON, foreign key, enum, geometry
  [
    'value-rejected',
    [
      1048, 1138, 1153, 1261, 1262, 1263, 1264, 1265, 1292, 1300, 1301, 1364, 1366, 1367, 1406, 1411, 1416, 1451, 1452,
      1525, 1644, 1690, 3048, 3140, 3144, 3145, 3150, 3151, 3155, 3156, 3157, 3616, 3617, 3819, 3904, 3907, 3908, 4025,
      4078,
    ],
  ],
  // also a commit that a group of servers refused, and a lock that was taken away
  ['locked', [1020, 1205, 1206, 1213, 1412, 1613, 1614, 1689, 3058, 3101, 3572]],
  // a table or a server opened for reading only, a global read lock, a member that is no longer the primary
  ['read-only', [1036, 1223, 1792, 1836, 3100, 3989]],
  // disk, memory, undo log, threads
  ['full', [20, 1021, 1037, 1038, 1041, 1114, 1135, 3015, 3019, 3675, 3873, 3985, 4139]],
  ['local-infile-refused', [1148, 2068, 3948, 4166]],
  // the server takes encrypted connections only
  ['tls', [3159]],
];

/** Numbers with several reasons. The server's text distinguishes them, and contains no value of a user. */
export const MYSQL_TEXTS: readonly (readonly [Failure, readonly number[], RegExp])[] = [
  [
    'full',
    [3, 1004, 1005, 1026, 1030],
    /No space left on device|\b(?:error|errno:?|Errcode:?) 28\b|disk (?:is )?full/iu,
  ],
  ['read-only', [1290], /read[ -_]only/iu],
  ['table-unsupported', [13, 1005], /Too many columns|File name too long/iu],
  ['table-unsupported', [1235], /PRIMARY KEY/u],
];

const FAILURES: ReadonlyMap<number, Failure> = new Map(
  MYSQL_NUMBERS.flatMap(([failure, numbers]) => numbers.map((number) => [number, failure] as const)),
);

/** Classifies an error of MySQL, MariaDB or the driver. */
export function classifyMysql({ code, errno, message }: DriverError): Failure {
  if (code === NO_TLS) return 'tls';
  if (code === TLS_FAILED) return BROKEN_OFF.test(message) ? 'unreachable' : 'tls';
  if (NETWORK.has(code) || (errno === 0 && CLOSED.test(message))) return 'unreachable';
  if (LOGIN.has(code)) return 'access-denied';
  const byText = MYSQL_TEXTS.find(([, numbers, pattern]) => numbers.includes(errno) && pattern.test(message));
  return byText?.[0] ?? FAILURES.get(errno) ?? 'other';
}
