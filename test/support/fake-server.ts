import type { Socket } from 'node:net';
import { LoopbackListener } from './loopback-listener.ts';

/** Bits of the capabilities of client and server. */
export const CAPABILITIES = {
  ssl: 0x800,
  protocol41: 0x200,
  secureConnection: 0x8000,
  pluginAuth: 0x80000,
  localFiles: 0x80,
  queryAttributes: 0x800_0000,
} as const;
const USUAL =
  CAPABILITIES.protocol41 | CAPABILITIES.secureConnection | CAPABILITIES.pluginAuth | CAPABILITIES.localFiles;
const MORE_RESULTS = 8;
const AUTOCOMMIT = 2;
const UTF8MB4 = 45;
const VAR_STRING = 253;

export const SCRAMBLE = Buffer.from('abcdefghijklmnopqrst');

export const lengthEncoded = (bytes: Buffer | string): Buffer => {
  const value = Buffer.from(bytes);
  if (value.length < 0xfb) return Buffer.concat([Buffer.from([value.length]), value]);
  const head = Buffer.alloc(5);
  head.writeUInt8(0xfd, 0);
  head.writeUInt32LE(value.length, 1);
  return Buffer.concat([head.subarray(0, 4), value]);
};

export const okPacket = ({ more = false, affected = 0 } = {}): Buffer =>
  Buffer.from([0, affected, 0, AUTOCOMMIT | (more ? MORE_RESULTS : 0), 0, 0, 0]);
export const eofPacket = (more = false): Buffer => Buffer.from([0xfe, 0, 0, AUTOCOMMIT | (more ? MORE_RESULTS : 0), 0]);
export const errorPacket = (errno: number, message: string): Buffer => {
  const head = Buffer.alloc(3);
  head.writeUInt8(0xff, 0);
  head.writeUInt16LE(errno, 1);
  return Buffer.concat([head, Buffer.from(`#HY000${message}`)]);
};
export const columnPacket = (name: string): Buffer => {
  const fixed = Buffer.alloc(13);
  fixed.writeUInt8(0x0c, 0);
  fixed.writeUInt16LE(UTF8MB4, 1);
  fixed.writeUInt32LE(1_000, 3);
  fixed.writeUInt8(VAR_STRING, 7);
  return Buffer.concat([...['def', '', '', '', name, name].map(lengthEncoded), fixed]);
};
export const rowPacket = (...values: readonly string[]): Buffer => Buffer.concat(values.map(lengthEncoded));

/** The packets of a complete answer with rows. */
export const rowsAnswer = (
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  more = false,
): Buffer[] => [
  Buffer.from([columns.length]),
  ...columns.map(columnPacket),
  eofPacket(),
  ...rows.map((row) => rowPacket(...row)),
  eofPacket(more),
];

/** One connection to the fake server. */
export class FakeClient {
  readonly #socket: Socket;
  #bytes = Buffer.alloc(0);
  #sequence = 0;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (data) => {
      this.#bytes = Buffer.concat([this.#bytes, data]);
      this.#wake?.();
    });
    socket.on('close', () => this.#wake?.());
  }

  /** Sends the greeting, and in the same write the packets `then`. */
  greet({
    plugin = 'mysql_native_password',
    version = '8.0.30-fake',
    capabilities = 0,
    then = [] as Buffer[],
  } = {}): void {
    const flags = USUAL | capabilities;
    const head = Buffer.alloc(4);
    head.writeUInt32LE(7);
    const low = Buffer.alloc(2);
    low.writeUInt16LE(flags & 0xffff);
    const high = Buffer.alloc(2);
    high.writeUInt16LE(flags >>> 16);
    const tail = [Buffer.from([UTF8MB4, AUTOCOMMIT, 0]), high, Buffer.from([21]), Buffer.alloc(10)];
    const scramble = [SCRAMBLE.subarray(8), Buffer.from([0])];
    const parts = [
      Buffer.from([10]),
      Buffer.from(`${version}\0`),
      head,
      SCRAMBLE.subarray(0, 8),
      Buffer.from([0]),
      low,
    ];
    this.#sequence = 0;
    this.send(Buffer.concat([...parts, ...tail, ...scramble, Buffer.from(`${plugin}\0`)]), ...then);
  }

  /** Accepts any login. */
  async welcome(): Promise<void> {
    this.greet();
    await this.packet();
    this.send(okPacket());
  }

  send(...payloads: readonly Buffer[]): void {
    this.#socket.write(
      Buffer.concat(
        payloads.map((payload) => {
          const header = Buffer.alloc(4);
          header.writeUIntLE(payload.length, 0, 3);
          header.writeUInt8(this.#sequence++ & 0xff, 3);
          return Buffer.concat([header, payload]);
        }),
      ),
    );
  }

  /** Sends bytes as they are. False if the client has disconnected. */
  async raw(bytes: Buffer): Promise<boolean> {
    if (this.#socket.destroyed) return false;
    if (!this.#socket.write(bytes)) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.#socket.off('drain', done).off('close', done);
          resolve();
        };
        this.#socket.on('drain', done).on('close', done);
      });
    }
    return !this.#socket.destroyed;
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** The next packet from the client; undefined if the client has disconnected. */
  async packet(): Promise<Buffer | undefined> {
    for (;;) {
      const length = this.#bytes.length < 4 ? Infinity : this.#bytes.readUIntLE(0, 3);
      if (this.#bytes.length >= length + 4) {
        const payload = this.#bytes.subarray(4, length + 4);
        this.#sequence = this.#bytes.readUInt8(3) + 1;
        this.#bytes = this.#bytes.subarray(length + 4);
        return payload;
      }
      if (this.#socket.destroyed) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The next statement; undefined if the client has disconnected or sends COM_QUIT. */
  async statement(): Promise<string | undefined> {
    const packet = await this.packet();
    return packet?.[0] === 3 ? packet.toString('utf8', 1) : undefined;
  }

  end(): void {
    this.#socket.end();
  }
}

/**
 * A server that speaks MySQL's protocol by hand. So a test can make it say anything, and it keeps every byte that it
 * was sent.
 */
export class FakeServer {
  received = Buffer.alloc(0);
  connections = 0;
  readonly #listener = new LoopbackListener();
  #open = 0;
  #wake: (() => void) | undefined;

  static async start(converse: (client: FakeClient) => Promise<void>): Promise<FakeServer> {
    const server = new FakeServer();
    await server.#listener.open((socket) => {
      server.connections += 1;
      server.#listener.keep(socket);
      server.#open += 1;
      socket.once('close', () => {
        server.#open -= 1;
        server.#wake?.();
      });
      socket.on('data', (data) => {
        server.received = Buffer.concat([server.received, data]);
      });
      void converse(new FakeClient(socket));
    });
    return server;
  }

  get port(): number {
    return this.#listener.port;
  }

  /** Resolves when all clients that connected have disconnected. */
  async left(): Promise<void> {
    while (this.#open > 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  stop(): void {
    this.#listener.stop();
  }
}
