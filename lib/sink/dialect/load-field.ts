/** What LOAD DATA has to be given for a value. */

export type LoadField = (value: Buffer) => Buffer;
