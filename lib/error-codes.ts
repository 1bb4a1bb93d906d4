import { REQUESTS } from './error-catalogue/requests.ts';
import { RUNNING } from './error-catalogue/running.ts';
import { SINK } from './error-catalogue/sink.ts';
import { SOURCE } from './error-catalogue/source.ts';
import type { ErrorKind, ErrorScope } from './error-classes.ts';

/** Every error that the product reports. Codes never change: scripts and alarms may rely on them. */
export const ERRORS = { ...REQUESTS, ...SOURCE, ...SINK, ...RUNNING } as const;

export type ErrorCode = keyof typeof ERRORS;

/** Class, scope, status and action of a code. */
export const errorKind = (code: ErrorCode): ErrorKind => ERRORS[code];

/** Does the error have one of these scopes? */
export const isOfScope = (code: ErrorCode, ...scopes: readonly ErrorScope[]): boolean =>
  scopes.includes(errorKind(code).scope);

/** May the error concern one table while the others are fine? */
export const mayBeOfTable = (code: ErrorCode): boolean => isOfScope(code, 'definition', 'table', 'row');
