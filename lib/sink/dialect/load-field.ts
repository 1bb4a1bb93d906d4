/** Converts a value to the bytes that LOAD DATA is given for it. */

export type LoadField = (value: Buffer) => Buffer;
