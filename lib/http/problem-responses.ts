import { inspect } from 'node:util';
import type middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Log } from '../replication/log.ts';
import { problemOf } from './problem.ts';

type Middleware = middy.MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>;

/** Turns whatever was thrown into what @middy/http-error-handler answers with: use it after that one. */
export const problemResponses = (log: Log): Middleware => ({
  onError: (request) => {
    const { requestId } = request.event.requestContext;
    const problem = problemOf(request.error, requestId);
    const level = problem.status >= 500 ? 'error' : 'info';
    const defect = level === 'error' ? { reason: traceOf(request.error) } : {};
    const { routeKey } = request.event;
    log(level, 'request refused', { requestId, routeKey, code: problem.code, status: problem.status, ...defect });
    request.error = Object.assign(new Error(JSON.stringify(problem)), {
      statusCode: problem.status,
      expose: true,
      headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' },
    });
  },
});

/** The stack and what caused it, without any login that a URI in it holds. */
function traceOf(error: unknown): string {
  const lines: string[] = [];
  for (let cause = error; cause !== undefined && lines.length < 5; cause = causeOf(cause)) {
    lines.push(cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause));
  }
  return lines.join('\ncaused by ').replaceAll(/:\/\/[^\s/]*@/gu, '://******@');
}

const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined);
