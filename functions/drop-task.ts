import { LambdaWorkerStarter } from '../lib/aws/lambda-worker-starter.ts';
import { systemClock } from '../lib/clock.ts';
import { readConfig } from '../lib/config.ts';
import { DynamoDbTaskStore } from '../lib/dynamodb/dynamodb-task-store.ts';
import { openTaskTable } from '../lib/dynamodb/task-table.ts';
import { dropTaskHandler } from '../lib/http/task-handlers.ts';
import { createLog } from '../lib/logger.ts';

const config = readConfig();

/** DELETE /tasks/{name} */
export const handler = dropTaskHandler({
  store: new DynamoDbTaskStore(openTaskTable(config.tableName)),
  starter: new LambdaWorkerStarter(config.workerFunction),
  clock: systemClock,
  log: createLog({ function: 'drop-task' }),
});
