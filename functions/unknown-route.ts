import { unknownRouteHandler } from '../lib/http/service-handlers.ts';
import { createLog } from '../lib/logger.ts';

/** Answers every request that no other route takes. */
export const handler = unknownRouteHandler(createLog({ function: 'unknown-route' }));
