import type { Socket } from 'node:net';
import type { SslOptions } from 'mysql2';
import type { DatabaseAddress } from '../task/uri/database-uri.ts';

/** The driver's code if the server's greeting offers no TLS. */
export const NO_TLS = 'HANDSHAKE_NO_SSL_SUPPORT';

/** The driver's options for TLS. `host`: the name that the certificate must contain. */
interface DriverTls {
  readonly host: string;
  /** A new object for every connection: otherwise the driver resumes a TLS session, which is not verified again. */
  readonly ssl?: SslOptions;
}

export function driverTls({ host, tls }: DatabaseAddress): DriverTls {
  const name = tls.serverName ?? host;
  if (tls.use === 'never') return { host: name };
  const { verify, ca } = tls;
  return {
    host: name,
    ssl: {
      rejectUnauthorized: verify !== 'nothing',
      verifyIdentity: verify === 'identity',
      ...(ca === undefined ? {} : { ca }),
    },
  };
}

/**
 * Tells the socket its host. TLS has no server name for an IP address, so the driver sends none, and Node verifies the
 * certificate against the socket's host. If the socket does not know its host, Node would verify against `localhost`.
 */
export function nameSocket(socket: Socket, host: string): void {
  Object.assign(socket, { _host: host });
}
