import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Certificate } from './certificates.ts';

const HEADER_BYTES = 4;
const CLIENT_SSL = 0x800;
const OK = 0x00;
const ERROR = 0xff;

/**
 * Adds TLS with a certificate in front of a server that has none. A MatrixOne that is configured for TLS looks the
 * same.
 */
export class TlsFront {
  /** The number of connections that were encrypted. */
  encrypted = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(host: string, port: number, certificate: Certificate): Promise<TlsFront> {
    const secret = { cert: readFileSync(certificate.certFile), key: readFileSync(certificate.keyFile) };
    const server = createServer({ noDelay: true });
    const front = new TlsFront(server);
    server.on('connection', (client) => {
      const behind = connect({ host, port, noDelay: true });
      void front.#serve(client, behind, secret).catch(() => {
        client.destroy();
        behind.destroy();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return front;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #serve(client: Socket, behind: Socket, secret: { cert: Buffer; key: Buffer }): Promise<void> {
    for (const socket of [client, behind]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.write(offeringTls(await packet(behind)));
    // The client asks for TLS by a login packet without a user.
    await packet(client);
    const secure = new TLSSocket(client, { isServer: true, ...secret });
    secure.on('error', () => undefined);
    await once(secure, 'secure');
    this.encrypted += 1;
    await logIn(secure, behind);
    await Promise.all([pipeline(secure, behind), pipeline(behind, secure)]);
  }
}

/** The client has sent one packet that the server behind does not know of, so packet numbers differ by one. */
async function logIn(secure: Duplex, behind: Socket): Promise<void> {
  let first = true;
  for (;;) {
    const said = await packet(secure);
    if (first) said.writeUInt16LE(said.readUInt16LE(HEADER_BYTES) & ~CLIENT_SSL, HEADER_BYTES);
    first = false;
    behind.write(renumbered(said, -1));
    const answer = await packet(behind);
    secure.write(renumbered(answer, 1));
    if (answer[HEADER_BYTES] === OK || answer[HEADER_BYTES] === ERROR) return;
  }
}

const renumbered = (bytes: Buffer, by: number): Buffer => {
  bytes.writeUInt8((bytes.readUInt8(3) + by) & 0xff, 3);
  return bytes;
};

function offeringTls(greeting: Buffer): Buffer {
  const capabilities = greeting.indexOf(0, HEADER_BYTES + 1) + 1 + 4 + 8 + 1;
  greeting.writeUInt16LE(greeting.readUInt16LE(capabilities) | CLIENT_SSL, capabilities);
  return greeting;
}

/** Reads one whole packet, and no byte of what follows. */
async function packet(from: Duplex): Promise<Buffer> {
  const header = await bytes(from, HEADER_BYTES);
  return Buffer.concat([header, await bytes(from, header.readUIntLE(0, 3))]);
}

async function bytes(from: Duplex, count: number): Promise<Buffer> {
  for (;;) {
    const read = from.read(count) as Buffer | null;
    if (read?.length === count) return read;
    if (read !== null || from.readableEnded || from.destroyed) throw new Error('the connection ended');
    await Promise.race([once(from, 'readable'), once(from, 'close')]);
  }
}
