import type { Dialect, ServerLimits } from './dialect.ts';
import type { Connection } from '../../wire/connection.ts';
import type { Variables } from '../../wire/session-settings.ts';

/** Bytes of a packet besides its statement: headers, and the digits of a length. */
const ENVELOPE = 1_024;

/** The limits of a sink, read on the first connection. */
export class KnownLimits {
  readonly #dialect: Pick<Dialect, 'limits'>;
  #known: ServerLimits | undefined;

  constructor(dialect: Pick<Dialect, 'limits'>) {
    this.#dialect = dialect;
  }

  /** Runs on every new connection, and keeps the packets of its LOAD DATA within the server's limit. */
  apply(connection: Connection, variables: Variables): void {
    this.#known ??= this.#dialect.limits(variables);
    connection.longestPiece = Math.min(connection.longestPiece, this.statement);
  }

  /** The longest statement that the server takes, in bytes. */
  get statement(): number {
    return Math.max(ENVELOPE, (this.#known?.packetBytes ?? Infinity) - ENVELOPE);
  }

  get transaction(): number | undefined {
    const bytes = this.#known?.transactionBytes ?? Infinity;
    return bytes === Infinity ? undefined : bytes;
  }
}
