import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { parse } from 'yaml';
import { z } from 'zod';
import type { TaskTable } from '../../lib/dynamodb/task-table.ts';
import { localAccess } from '../../localstack/local-credentials.ts';

type Declaration = Pick<
  CreateTableCommandInput,
  'AttributeDefinitions' | 'KeySchema' | 'GlobalSecondaryIndexes' | 'BillingMode'
>;

const declared = z.object({
  resources: z.object({
    Resources: z.object({ TaskTable: z.object({ Properties: z.custom<Declaration>((value) => value !== undefined) }) }),
  }),
});

/** The table as serverless.yml declares it. So tests notice if code and declaration drift apart. */
async function tableDeclaration(): Promise<Declaration> {
  const text = await readFile(new URL('../../serverless.yml', import.meta.url), 'utf8');
  const file = declared.parse(parse(text, { logLevel: 'error' }));
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode } =
    file.resources.Resources.TaskTable.Properties;
  return { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode };
}

/** A client of a local DynamoDB. Only its address differs from the product's own client. */
export function localTable(endpoint: string, name: string): TaskTable {
  const client = new DynamoDBClient(localAccess(endpoint));
  return {
    name,
    documents: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
  };
}

/** A new, empty table. */
export async function createLocalTable(endpoint: string): Promise<TaskTable> {
  const table = localTable(endpoint, `tasks-${randomUUID()}`);
  await table.documents.send(new CreateTableCommand({ TableName: table.name, ...(await tableDeclaration()) }));
  return table;
}
