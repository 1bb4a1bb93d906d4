import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { ApiHandler } from '../../lib/http/api-handler.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly body: unknown;
}

export interface Sent {
  readonly name?: string;
  readonly body?: unknown;
  /** The raw text of the body, in place of JSON. */
  readonly text?: string;
  readonly headers?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly isBase64Encoded?: boolean;
  readonly remainingMs?: number;
}

/** Calls a handler as an HTTP API would. */
export async function send(handler: ApiHandler, sent: Sent = {}): Promise<Answer> {
  const { remainingMs = 29_000 } = sent;
  const context = { getRemainingTimeInMillis: () => remainingMs } as Context;
  const result = await handler(eventOf(sent), context);
  const headers = result.headers ?? {};
  const text = result.body ?? '';
  return {
    status: result.statusCode ?? 0,
    type: String(headers['Content-Type']),
    headers,
    text,
    body: JSON.parse(text) as unknown,
  };
}

export function eventOf(sent: Sent): APIGatewayProxyEventV2 {
  const body = sent.text ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body));
  const http = { method: 'POST', path: '/tasks', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' };
  return {
    version: '2.0',
    routeKey: 'POST /tasks',
    rawPath: '/tasks',
    rawQueryString: '',
    headers: sent.headers ?? { 'content-type': 'application/json' },
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: 'localhost',
      domainPrefix: 'api',
      http,
      requestId: 'request-1',
      routeKey: 'POST /tasks',
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
    isBase64Encoded: sent.isBase64Encoded ?? false,
    ...(body === undefined ? {} : { body }),
    ...(sent.query === undefined ? {} : { queryStringParameters: sent.query }),
    ...(sent.name === undefined ? {} : { pathParameters: { name: sent.name } }),
  };
}
