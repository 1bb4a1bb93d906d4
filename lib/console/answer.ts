import type { ServerResponse } from 'node:http';

/** An answer of the console's server. */
export interface Answer {
  readonly status: number;
  readonly type: 'text/html' | 'text/javascript' | 'text/css' | 'text/plain' | 'application/json';
  readonly body: string;
  readonly location?: string;
}

/** Only what this server sends may run, and it may only talk to this server. No other page may hold or read it. */
const HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    ...["script-src 'self'", "style-src 'self'", "connect-src 'self'", 'img-src data:'],
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"],
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cache-Control': 'no-store',
};

export const json = (status: number, value: unknown): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
});

export const plain = (status: number, body: string): Answer => ({ status, type: 'text/plain', body });

export function send(response: ServerResponse, { status, type, body, location }: Answer): void {
  response.writeHead(status, {
    ...HEADERS,
    'Content-Type': `${type}; charset=utf-8`,
    ...(location === undefined ? {} : { Location: location }),
  });
  response.end(body);
}
