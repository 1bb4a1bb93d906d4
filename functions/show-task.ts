import { systemClock } from '../lib/clock.ts';
import { readConfig } from '../lib/config.ts';
import { DynamoDbTaskStore } from '../lib/dynamodb/dynamodb-task-store.ts';
import { openTaskTable } from '../lib/dynamodb/task-table.ts';
import { showTaskHandler } from '../lib/http/task-handlers.ts';
import { createLog } from '../lib/logger.ts';

/** GET /tasks/{name} */
export const handler = showTaskHandler({
  store: new DynamoDbTaskStore(openTaskTable(readConfig().tableName)),
  clock: systemClock,
  log: createLog({ function: 'show-task' }),
});
