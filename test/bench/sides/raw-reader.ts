import { once } from 'node:events';
import type { Socket } from 'node:net';
import mysql from 'mysql2';
import { parseDatabaseUri } from '../../../lib/task/database-uri.ts';

const HEADER = 4;
const EOF = 0xfe;
const ERROR = 0xff;

/**
 * Runs a query and counts nothing but packets: after the driver's handshake the socket is read by hand, so that the
 * time is that of the server and the wire. Seconds.
 */
export async function readAndDiscard(uri: string, sql: string, rows: number): Promise<number> {
  const { host, port, user, password } = parseDatabaseUri(uri);
  const connection = mysql.createConnection({ host, port, user, password });
  await connection.promise().query("set time_zone = '+00:00'");
  const { stream: socket } = connection as unknown as { stream: Socket };
  socket.removeAllListeners('data');
  const begun = performance.now();
  const text = Buffer.from(`\x03${sql}`);
  const head = Buffer.alloc(HEADER);
  head.writeUIntLE(text.length, 0, 3);
  socket.write(Buffer.concat([head, text]));
  const found = await countRows(socket);
  const seconds = (performance.now() - begun) / 1_000;
  connection.destroy();
  if (found !== rows) throw new Error(`${found} rows were read of ${rows}.`);
  return seconds;
}

/** Two packets of a result set are short and begin with 0xfe: the end of its columns, and its own. */
async function countRows(socket: Socket): Promise<number> {
  const packets = new PacketScan();
  while (!packets.ended) {
    const [data] = (await once(socket, 'data')) as [Buffer];
    packets.scan(data);
  }
  return packets.rows;
}

/** Walks over packets by their headers only. */
class PacketScan {
  ended = false;
  rows = 0;
  #ends = 0;
  /** Bytes of a header that the last piece ended in, and how many of the packet under way are still to come. */
  #partial = Buffer.alloc(0);
  #left = 0;

  scan(piece: Buffer): void {
    let data = piece;
    if (this.#partial.length > 0) {
      data = Buffer.concat([this.#partial, piece]);
      this.#partial = Buffer.alloc(0);
    }
    let at = this.#left;
    while (at + HEADER < data.length) {
      const length = data.readUIntLE(at, 3);
      this.#look(data[at + HEADER] ?? 0, length);
      at += HEADER + length;
    }
    this.#left = 0;
    if (at < data.length) this.#partial = Buffer.from(data.subarray(at));
    else this.#left = at - data.length;
  }

  #look(first: number, length: number): void {
    if (first === ERROR) throw new Error('The server refuses the query.');
    if (first === EOF && length < 9) this.#ends += 1;
    else if (this.#ends === 1) this.rows += 1;
    this.ended = this.#ends === 2;
  }
}
