import { once } from 'node:events';
import type { Socket } from 'node:net';
import mysql from 'mysql2';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { PacketWalk } from '../packet-walk.ts';

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
  let [ends, rows] = [0, 0];
  const packets = new PacketWalk((_sequence, length, first) => {
    if (first === ERROR) throw new Error('The server refuses the query.');
    if (first === EOF && length < 9) ends += 1;
    else if (ends === 1) rows += 1;
  });
  while (ends < 2) {
    const [data] = (await once(socket, 'data')) as [Buffer];
    packets.take(data);
  }
  return rows;
}
