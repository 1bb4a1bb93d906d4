import { unknownRouteHandler } from '../lib/http/service-handlers.ts';
import { createLog } from '../lib/logger.ts';

/** Every request that no other route takes. */
export const handler = unknownRouteHandler(createLog({ function: 'unknown-route' }));
