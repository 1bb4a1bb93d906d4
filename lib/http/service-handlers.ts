import { CdcError } from '../errors.ts';
import type { Log } from '../log.ts';
import { type ApiHandler, apiHandler } from './api-handler.ts';

export const healthHandler = (log: Log): ApiHandler =>
  apiHandler(log, () => Promise.resolve({ status: 200, body: { status: 'ok' } }));

/** Answers every request that no route takes. */
export const unknownRouteHandler = (log: Log): ApiHandler =>
  apiHandler(log, ({ event }) => {
    const { method, path } = event.requestContext.http;
    return Promise.reject(new CdcError('ROUTE_UNKNOWN', `There is no ${method} ${path}.`));
  });
