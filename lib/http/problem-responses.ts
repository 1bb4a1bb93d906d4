import type middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Log } from '../log.ts';
import { problemOf } from './problem.ts';

type Middleware = middy.MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>;

/**
 * Turns any thrown error into the answer that @middy/http-error-handler sends. Register it after
 * @middy/http-error-handler.
 */
export const problemResponses = (log: Log): Middleware => ({
  onError: (request) => {
    const { routeKey, requestContext } = request.event;
    const problem = problemOf(request.error, requestContext.requestId);
    const fields = { routeKey, code: problem.code, status: problem.status };
    if (problem.status < 500) log('info', 'request.refused', fields);
    else log('error', 'request.failed', { ...fields, error: request.error });
    request.error = Object.assign(new Error(JSON.stringify(problem)), {
      statusCode: problem.status,
      expose: true,
      headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' },
    });
  },
});
