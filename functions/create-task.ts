import { LambdaWorkerStarter } from '../lib/aws/lambda-worker-starter.ts';
import { AwsSecrets } from '../lib/aws/secrets.ts';
import { systemClock } from '../lib/clock.ts';
import { readConfig, readSecretPrefix } from '../lib/config.ts';
import { DynamoDbTaskStore } from '../lib/dynamodb/dynamodb-task-store.ts';
import { openTaskTable } from '../lib/dynamodb/task-table.ts';
import { createTaskHandler } from '../lib/http/declaring-handlers.ts';
import { createLog } from '../lib/logger.ts';
import { connectorsWith } from '../lib/connectors.ts';
import { withSecretsKept } from '../lib/store/secret-stores.ts';

const config = readConfig();
const secrets = new AwsSecrets(readSecretPrefix());

/** POST /tasks */
export const handler = createTaskHandler({
  store: withSecretsKept(new DynamoDbTaskStore(openTaskTable(config.tableName)), secrets),
  starter: new LambdaWorkerStarter(config.workerFunction),
  connectors: connectorsWith(secrets),
  clock: systemClock,
  log: createLog({ function: 'create-task' }),
});
