import type { Dialect, ServerLimits } from './dialect.ts';
import type { Connection } from '../../wire/connection.ts';
import type { Variables } from '../../wire/session-settings.ts';

/** Headers, and the digits of a length: what a packet has beside its statement. */
const ENVELOPE = 1_024;

/** The limits of a sink, found out on the first connection. */
export class KnownLimits {
  readonly #dialect: Pick<Dialect, 'limits'>;
  #known: ServerLimits | undefined;

  constructor(dialect: Pick<Dialect, 'limits'>) {
    this.#dialect = dialect;
  }

  /** Run on every new session: its LOAD DATA comes in packets that the server takes. */
  apply(connection: Connection, variables: Variables): void {
    this.#known ??= this.#dialect.limits(variables);
    connection.longestPiece = Math.min(connection.longestPiece, this.statement);
  }

  /** Bytes of a statement that the server takes. */
  get statement(): number {
    return Math.max(ENVELOPE, (this.#known?.packetBytes ?? Infinity) - ENVELOPE);
  }

  get transaction(): number | undefined {
    const bytes = this.#known?.transactionBytes ?? Infinity;
    return bytes === Infinity ? undefined : bytes;
  }
}
