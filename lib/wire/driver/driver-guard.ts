import type { Socket } from 'node:net';
import type { Connection } from 'mysql2';
import { AnswerWatch, type Expected } from './answer-watch.ts';
import { ConnectionProblem } from './connection-problem.ts';

const MIB = 1024 * 1024;
/** The most bytes that a server sends before the login is complete. */
const LOGIN_BYTES = MIB;
/** No server has a longer row: the row would have had to arrive in a statement. */
const PACKET_BYTES = 256 * MIB;
/**
 * The most bytes of an answer that is held as a whole: ten times the list of 100,000 tables. Larger answers are
 * streamed.
 */
const ANSWER_BYTES = 128 * MIB;

const ERROR = 0xff;
const HEADER_BYTES = 4;

/** Parts of the driver (mysql2 3.24) that its types omit. */
interface DriverPacket {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly end: number;
  readonly sequenceId: number;
}
interface Driver {
  handlePacket: (packet?: DriverPacket) => void;
  readonly stream: Socket;
  readonly sequenceId: number;
  readonly config: { charsetNumber: number; readonly ssl?: unknown };
  readonly _mariadbExtendedMetadata: boolean;
}

/**
 * Stands before the driver: checks each packet, counts the bytes, and reports any error as a problem of the connection.
 * Without it, an error in the driver's handling of a packet would end the process.
 */
export class DriverGuard {
  readonly #driver: Driver;
  readonly #tell: (problem: unknown) => void;
  readonly #watch = new AnswerWatch();
  #expected: Expected = 'answer';
  #loggedIn = false;
  #stream: Socket;
  #greeted = false;
  /** False after encryption is asked for, until it is in use. Plain packets are refused meanwhile. */
  #encrypted: boolean;
  #ended = false;
  #packetBytes = 0;
  #answerBytes = 0;
  #greetingBytes = 0;

  constructor(connection: Connection, socket: Socket, tell: (problem: unknown) => void) {
    this.#driver = connection as unknown as Driver;
    this.#tell = tell;
    this.#stream = socket;
    this.#encrypted = this.#driver.config.ssl === undefined || this.#driver.config.ssl === false;
    socket.prependListener('data', this.#count);
    fixCharset(this.#driver);
    const handle = this.#driver.handlePacket.bind(connection);
    this.#driver.handlePacket = (packet) => {
      this.#handle(packet, handle);
    };
    connection.once('connect', () => {
      this.#loggedIn = true;
      this.#answerBytes = 0;
    });
  }

  /** Call it before a statement is sent. */
  begin(expected: Expected): void {
    this.#watch.begin(expected);
    this.#expected = expected;
    this.#answerBytes = 0;
  }

  #handle(packet: DriverPacket | undefined, handle: (packet?: DriverPacket) => void): void {
    if (packet === undefined) {
      handle();
      return;
    }
    if (this.#ended) return;
    try {
      this.#look(packet);
      handle(packet);
      this.#follow();
    } catch (error) {
      this.#fail(error);
    }
  }

  #look(packet: DriverPacket): void {
    this.#packetBytes = 0;
    const { buffer, offset, end, sequenceId } = packet;
    if (this.#greeted && !this.#encrypted) {
      throw new ConnectionProblem('answer', 'it goes on in plain where the connection is to be encrypted.');
    }
    if (!this.#greeted) this.#greetingBytes = HEADER_BYTES + end - offset;
    this.#greeted = true;
    // The server may send an error at any time. To an idle connection, an error is the goodbye.
    if (sequenceId !== this.#driver.sequenceId && buffer[offset] !== ERROR) {
      throw new ConnectionProblem('answer', 'its packets are out of order.');
    }
    if (!this.#loggedIn) return;
    this.#watch.packet(buffer, offset, end, this.#driver._mariadbExtendedMetadata ? 1 : 0);
  }

  /** When the driver asks for encryption, it goes on with another stream. */
  #follow(): void {
    const { stream } = this.#driver;
    if (stream === this.#stream) return;
    // The driver keeps an unfinished packet, and would join the encrypted bytes to it.
    if (this.#answerBytes !== this.#greetingBytes) {
      throw new ConnectionProblem('answer', 'it says more than its greeting in plain.');
    }
    this.#stream = stream;
    stream.prependListener('data', this.#count);
    stream.once('secureConnect', () => {
      this.#encrypted = true;
    });
  }

  readonly #count = (data: Buffer): void => {
    this.#packetBytes += data.length;
    this.#answerBytes += data.length;
    const most = !this.#loggedIn
      ? LOGIN_BYTES
      : this.#expected === 'rows' && this.#watch.inRows
        ? Infinity
        : ANSWER_BYTES;
    if (this.#packetBytes <= PACKET_BYTES && this.#answerBytes <= most) return;
    const bytes = Math.min(PACKET_BYTES, most);
    this.#fail(new ConnectionProblem('answer', `it answers with more than ${bytes} bytes.`));
  };

  #fail(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#tell(error);
  }
}

/** A server may report another character set for the session. The driver would then write statements in it. */
function fixCharset({ config }: Driver): void {
  const { charsetNumber } = config;
  Object.defineProperty(config, 'charsetNumber', { get: () => charsetNumber, set: () => undefined });
}
