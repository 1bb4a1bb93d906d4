import { LambdaWorkerStarter } from '../lib/aws/lambda-worker-starter.ts';
import { systemClock } from '../lib/clock.ts';
import { readConfig } from '../lib/config.ts';
import { DynamoDbTaskStore } from '../lib/dynamodb/dynamodb-task-store.ts';
import { openTaskTable } from '../lib/dynamodb/task-table.ts';
import { controlTaskHandler } from '../lib/http/task-handlers.ts';
import { createLog } from '../lib/logger.ts';

const config = readConfig();

/** POST /tasks/{name}/pause */
export const handler = controlTaskHandler(
  {
    store: new DynamoDbTaskStore(openTaskTable(config.tableName)),
    starter: new LambdaWorkerStarter(config.workerFunction),
    clock: systemClock,
    log: createLog({ function: 'pause-task' }),
  },
  'pause',
);
