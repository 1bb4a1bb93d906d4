import type { Log } from '../log.ts';
import { type ApiHandler, apiHandler } from './api-handler.ts';
import { openApiDocument } from './openapi.ts';

export const openApiHandler = (log: Log): ApiHandler =>
  apiHandler(log, () => Promise.resolve({ status: 200, body: openApiDocument() }));
