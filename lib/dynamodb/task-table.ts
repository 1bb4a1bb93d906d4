import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** The one table of the product. serverless.yml declares it; names and keys must agree with it. */
export interface TaskTable {
  readonly documents: DynamoDBDocumentClient;
  readonly name: string;
}

/** Holds the keys of task items only: an item without `kind` is not in it. */
export const TASK_INDEX = 'tasks';
export const TASK_KIND = 'TASK';

export const taskKey = (taskName: string): { pk: string; sk: string } => ({ pk: `TASK#${taskName}`, sk: 'META' });

/**
 * Does no I/O. Time limits are far below a lease's length, so that a hanging call cannot cost the lease. Without
 * `throwOnRequestTimeout` the SDK only prints a warning when the time is up, and goes on waiting.
 */
export function openTaskTable(name: string): TaskTable {
  const client = new DynamoDBClient({
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
  });
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return { documents, name };
}
