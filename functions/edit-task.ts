import { LambdaWorkerStarter } from '../lib/aws/lambda-worker-starter.ts';
import { systemClock } from '../lib/clock.ts';
import { readConfig } from '../lib/config.ts';
import { DynamoDbTaskStore } from '../lib/dynamodb/dynamodb-task-store.ts';
import { openTaskTable } from '../lib/dynamodb/task-table.ts';
import { editTaskHandler } from '../lib/http/task-handlers.ts';
import { createLog } from '../lib/logger.ts';
import { databaseConnectors } from '../lib/matrixone/connectors.ts';

const config = readConfig();

/** PATCH /tasks/{name} */
export const handler = editTaskHandler({
  store: new DynamoDbTaskStore(openTaskTable(config.tableName)),
  starter: new LambdaWorkerStarter(config.workerFunction),
  connectors: databaseConnectors,
  clock: systemClock,
  log: createLog({ function: 'edit-task' }),
});
