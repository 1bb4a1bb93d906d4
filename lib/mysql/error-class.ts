import type { DriverError, Failure } from './failure.ts';
import { NO_TLS } from './tls.ts';

/** The driver says so of whatever goes wrong until the connection is encrypted, in place of the error's own code. */
const TLS_FAILED = 'HANDSHAKE_SSL_ERROR';
/** It was the network, and not the certificate. */
const BROKEN_OFF = /ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|socket disconnected|socket hang up/u;

const NETWORK = new Set(
  `ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ETIMEDOUT EHOSTUNREACH EHOSTDOWN ENETUNREACH ENETDOWN EADDRNOTAVAIL
   ENOTFOUND EAI_AGAIN EAI_FAIL EPROTO PROTOCOL_CONNECTION_LOST PROTOCOL_SEQUENCE_TIMEOUT PROTOCOL_PACKETS_OUT_OF_ORDER
   PROTOCOL_UNEXPECTED_PACKET ER_SERVER_SHUTDOWN`.split(/\s+/u),
);

/** Error numbers of MySQL 8 and MariaDB. What is not here is `other`, which is reported and tried again. */
const BY_NUMBER: readonly (readonly [Failure, readonly number[]])[] = [
  // too many connections, shutdown, network read or write failed or timed out, killed, closed while idle
  ['unreachable', [1040, 1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1226, 1927, 3169, 4031]],
  ['access-denied', [1045, 1130, 1524, 1698, 1820, 1862, 3118, 3955]],
  ['privilege', [1044, 1142, 1143, 1227, 1370, 1410, 3879]],
  ['database-missing', [1049]],
  ['table-missing', [1051, 1146]],
  ['column-missing', [1054, 1166, 1136, 1072]],
  ['duplicate-key', [1022, 1062, 1557, 1586, 1859]],
  // too big a packet, CHECK, NULL, range, length, charset, date, JSON, foreign key, enum, geometry
  [
    'value-rejected',
    [
      1048, 1118, 1138, 1153, 1261, 1262, 1263, 1264, 1265, 1292, 1300, 1364, 1366, 1367, 1406, 1411, 1416, 1451, 1452,
      1525, 1644, 1690, 1364, 3140, 3144, 3145, 3156, 3157, 3819, 3908, 4025, 4078,
    ],
  ],
  ['locked', [1020, 1205, 1206, 1213, 1412, 1613, 1614, 3058, 3572]],
  ['local-infile-refused', [1148, 2068, 3948, 4166]],
];

const FAILURES: ReadonlyMap<number, Failure> = new Map(
  BY_NUMBER.flatMap(([failure, numbers]) => numbers.map((number) => [number, failure] as const)),
);

/** Tells apart what MySQL, MariaDB and the driver report. */
export function classifyMysql({ code, errno, message }: DriverError): Failure {
  if (code === NO_TLS) return 'tls';
  if (code === TLS_FAILED) return BROKEN_OFF.test(message) ? 'unreachable' : 'tls';
  if (NETWORK.has(code)) return 'unreachable';
  return FAILURES.get(errno) ?? 'other';
}
