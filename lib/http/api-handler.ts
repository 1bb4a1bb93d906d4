import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { z } from 'zod';
import { CdcError } from '../errors.ts';
import { withRequestId } from '../logger.ts';
import type { Log } from '../log.ts';
import { problemResponses } from './problem-responses.ts';
import { limitBody, validatedBody } from './request/validated-body.ts';

export type ApiHandler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

export interface ApiRequest {
  readonly event: APIGatewayProxyEventV2;
  /** Aborted when the time for the answer is up. */
  readonly signal: AbortSignal;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Milliseconds that are kept for the answer that says the time was not enough. */
const ANSWER_MS = 1_000;

/** A route without a body: any body that the client sends is ignored. */
export const apiHandler = (log: Log, answer: (request: ApiRequest) => Promise<ApiAnswer>): ApiHandler =>
  withLogId(stack(log).handler(async (event, _context, { signal }) => respond(await answer({ event, signal }))));

/** A route that takes JSON of the given form. */
export function apiHandlerWithBody<Body>(
  log: Log,
  schema: z.ZodType<Body>,
  answer: (request: ApiRequest, body: Body) => Promise<ApiAnswer>,
): ApiHandler {
  const validated = validatedBody(schema);
  const handler = stack(log)
    .use(limitBody())
    .use(httpJsonBodyParser<APIGatewayProxyEventV2>())
    .use(validated.middleware)
    .handler(async (event, _context, { signal }) => respond(await answer({ event, signal }, validated.bodyOf(event))));
  return withLogId(handler);
}

/** Adds the request's id to every line that the request logs. */
const withLogId =
  (handler: ApiHandler): ApiHandler =>
  (event, context) =>
    withRequestId(event.requestContext.requestId, () => handler(event, context));

const stack = (log: Log) =>
  middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({
    timeoutEarlyInMillis: ANSWER_MS,
    timeoutEarlyResponse: () => {
      throw new CdcError('REQUEST_TIMEOUT', 'The request took too long.');
    },
  })
    .use(httpHeaderNormalizer())
    // Middy runs the error handlers from the last middleware to the first.
    .use(httpErrorHandler({ logger: false }))
    .use(problemResponses(log));

const respond = ({ status, body, headers }: ApiAnswer): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
  body: JSON.stringify(body),
});
