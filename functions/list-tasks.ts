import { systemClock } from '../lib/clock.ts';
import { readConfig } from '../lib/config.ts';
import { DynamoDbTaskStore } from '../lib/dynamodb/dynamodb-task-store.ts';
import { openTaskTable } from '../lib/dynamodb/task-table.ts';
import { listTasksHandler } from '../lib/http/task-handlers.ts';
import { createLog } from '../lib/logger.ts';

/** GET /tasks */
export const handler = listTasksHandler({
  store: new DynamoDbTaskStore(openTaskTable(readConfig().tableName)),
  clock: systemClock,
  log: createLog({ function: 'list-tasks' }),
});
