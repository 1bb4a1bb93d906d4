import { InvalidArgumentError } from 'commander';
import { en } from '../texts/en.ts';

export function wholeNumber(text: string): number {
  if (!/^\d+$/u.test(text)) throw new InvalidArgumentError(en['value.wholeNumber']);
  return Number(text);
}

export function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError(en['value.port']);
  return port;
}

/** Reads `200ms`, `5s`, `2m`, `1h`, or a number of milliseconds. Returns milliseconds. */
export function milliseconds(text: string): number {
  const [, number = '', unit = 'ms'] = /^(\d+)(ms|s|m|h)?$/u.exec(text) ?? [];
  const factor = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit];
  if (number === '' || factor === undefined) throw new InvalidArgumentError(en['value.duration']);
  return Number(number) * factor;
}

/** Reads `5m` or `1h`, as mo_cdc does. Returns milliseconds. */
export function frequency(text: string): number {
  if (!/^[1-9]\d*[mh]$/u.test(text)) throw new InvalidArgumentError(en['value.frequency']);
  return milliseconds(text);
}
