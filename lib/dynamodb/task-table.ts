import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** The only table of the product. serverless.yml declares it: names and keys must agree. */
export interface TaskTable {
  readonly documents: DynamoDBDocumentClient;
  readonly name: string;
}

/** The index has the keys of task items only: it leaves out an item without `kind`. */
export const TASK_INDEX = 'tasks';
/**
 * Opens the table without any I/O. Time limits are far below the length of a lease, so that a hanging call cannot cost
 * the lease. Without `throwOnRequestTimeout` the SDK only prints a warning after that time, and goes on waiting.
 */
export function openTaskTable(name: string): TaskTable {
  const client = new DynamoDBClient({
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
  });
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return { documents, name };
}
