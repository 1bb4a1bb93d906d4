import { AsyncLocalStorage } from 'node:async_hooks';
import { readLogLevel } from './config.ts';
import { maskLogins } from './mask-logins.ts';
import { type Log, LOG_LEVELS, type LogLevel } from './log.ts';

type Fields = Readonly<Record<string, unknown>>;

const requests = new AsyncLocalStorage<string>();

/** Adds this request's id to all log lines of `work`, and of work that it leaves running. */
export const withRequestId = <T>(requestId: string, work: () => T): T => requests.run(requestId, work);

/**
 * Creates a log that writes one JSON object per line to the standard output. On Lambda that is the function's log
 * group. Lines of a lower level than `least` are left out.
 */
export function createLog(
  always: Fields = {},
  write: (line: string) => void = writeToStdout,
  least: LogLevel = readLogLevel(),
): Log {
  return (level, event, fields = {}) => {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(least)) return;
    const head = { time: new Date().toISOString(), level, event, requestId: requests.getStore() };
    // Spread twice: first to put these keys first, then because a field must not replace them.
    write(`${toJson({ ...head, ...always, ...fields, ...head })}\n`);
  };
}

// console.log adds a prefix on Lambda, so the line would not be JSON.
const writeToStdout = (line: string): void => {
  process.stdout.write(line);
};

function toJson(entry: Fields): string {
  try {
    return JSON.stringify(entry, (_key, value: unknown) => printable(value));
  } catch (error) {
    const { time, level, event, requestId } = entry;
    return JSON.stringify({ time, level, event, requestId, unprintable: String(error) });
  }
}

function printable(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  // No field should hold a URI with a password, but the message of a driver's error might.
  if (typeof value === 'string') return maskLogins(value);
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, ...('code' in value ? { code: value.code } : {}), stack, cause };
}
