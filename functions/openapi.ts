import { openApiHandler } from '../lib/http/openapi-handler.ts';
import { createLog } from '../lib/logger.ts';

/** GET /openapi.json */
export const handler = openApiHandler(createLog({ function: 'openapi' }));
