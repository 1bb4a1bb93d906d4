import { healthHandler } from '../lib/http/service-handlers.ts';
import { createLog } from '../lib/logger.ts';

/** GET /health */
export const handler = healthHandler(createLog({ function: 'health' }));
