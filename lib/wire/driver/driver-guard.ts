import type { Socket } from 'node:net';
import type { Connection } from 'mysql2';
import { AnswerWatch, type Expected } from './answer-watch.ts';
import { ConnectionProblem } from './connection-problem.ts';

const MIB = 1024 * 1024;
/** All that a server has to say until somebody is logged in. */
const LOGIN_BYTES = MIB;
/** A server has no longer rows: it would have had to take them in a statement. */
const PACKET_BYTES = 256 * MIB;
/** Of an answer that is held as a whole: ten times the list of 100,000 tables. Whatever may be larger is streamed. */
const ANSWER_BYTES = 128 * MIB;

const ERROR = 0xff;
const HEADER_BYTES = 4;

/** What of the driver (mysql2 3.24) is not in its types. */
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
 * Stands before the driver: looks at each packet, counts the bytes, and turns whatever goes wrong in it into a problem of
 * the connection. Without it, an error in the driver's handling of a packet would end the process.
 */
export class DriverGuard {
  readonly #driver: Driver;
  readonly #tell: (problem: unknown) => void;
  readonly #watch = new AnswerWatch();
  #expected: Expected = 'answer';
  #loggedIn = false;
  #stream: Socket;
  #greeted = false;
  /** Nothing is to be said in plain once encryption is asked for. */
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

  /** A statement is about to be sent. */
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
    // An error may come in between; and one is the goodbye to a connection at rest.
    if (sequenceId !== this.#driver.sequenceId && buffer[offset] !== ERROR) {
      throw new ConnectionProblem('answer', 'its packets are out of order.');
    }
    if (!this.#loggedIn) return;
    this.#watch.packet(buffer, offset, end, this.#driver._mariadbExtendedMetadata ? 1 : 0);
  }

  /** Once it asks for encryption, the driver goes on with another stream. */
  #follow(): void {
    const { stream } = this.#driver;
    if (stream === this.#stream) return;
    // The driver keeps the beginning of a packet, and would take what comes encrypted for the rest of it.
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

/** A server may say that the session's character set is another one: the driver would write statements in that. */
function fixCharset({ config }: Driver): void {
  const { charsetNumber } = config;
  Object.defineProperty(config, 'charsetNumber', { get: () => charsetNumber, set: () => undefined });
}
