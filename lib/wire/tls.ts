import type { Socket } from 'node:net';
import type { SslOptions } from 'mysql2';
import type { DatabaseAddress } from '../task/uri/database-uri.ts';

/** The driver's word for a server whose greeting offers no TLS. */
export const NO_TLS = 'HANDSHAKE_NO_SSL_SUPPORT';

/** What the driver is to do about TLS: `host` is the name that the certificate has to hold. */
interface DriverTls {
  readonly host: string;
  /** Of its own for every connection: the driver would resume sessions of another one, and a resumed one is not verified. */
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
 * IP addresses are no server names of TLS, so the driver gives none, and Node would verify the certificate of an
 * address as one for `localhost`: it takes the host that the socket was connected to, if the socket knows it.
 */
export function nameSocket(socket: Socket, host: string): void {
  Object.assign(socket, { _host: host });
}
