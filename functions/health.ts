import { healthHandler } from '../lib/http/task-handlers.ts';
import { createLog } from '../lib/logger.ts';

/** GET /health */
export const handler = healthHandler(createLog({ function: 'health' }));
