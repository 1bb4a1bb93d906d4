/** A structured log line. Fields never hold row values, credentials or whole URIs. */
export type Log = (level: 'info' | 'warn' | 'error', event: string, fields?: Readonly<Record<string, unknown>>) => void;
