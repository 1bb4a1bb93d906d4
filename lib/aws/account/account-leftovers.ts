import {
  CloudFormationClient,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { DeleteTableCommand, DynamoDBClient, paginateListTables, paginateScan } from '@aws-sdk/client-dynamodb';
import { DeleteSecretCommand, paginateListSecrets, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { AccountLeftovers, FoundSecret, FoundTable, FoundTask } from '../../leftovers/findings.ts';
import { maskLogins } from '../../mask-logins.ts';
import { type AwsAccess, clientConfig } from '../client-config.ts';

const SERVICE = 'matrixone-cdc-';

/** Looks for stacks, tables and secrets of the product in an account, in one region. */
export class AwsAccountLeftovers implements AccountLeftovers {
  readonly #stacks: CloudFormationClient;
  readonly #tables: DynamoDBClient;
  readonly #secrets: SecretsManagerClient;

  constructor(access: AwsAccess) {
    const config = clientConfig(access);
    this.#stacks = new CloudFormationClient(config);
    this.#tables = new DynamoDBClient(config);
    this.#secrets = new SecretsManagerClient(config);
  }

  /** Reads secrets before tables; see judge.ts. */
  async find(stage: string) {
    const secrets = await this.#findSecrets(`mo-cdc-tasks/${stage}/`);
    const stacks = await this.#allStacks();
    const isDeploying = stacks.some(
      ({ StackName = '', StackStatus = '' }) => StackName.startsWith(SERVICE) && StackStatus.endsWith('_IN_PROGRESS'),
    );
    return { secrets, isDeploying, tables: await this.#findTables(await this.#usedTables(stacks)) };
  }

  async removeTable(TableName: string): Promise<void> {
    await this.#tables.send(new DeleteTableCommand({ TableName }));
  }

  async removeSecret(SecretId: string): Promise<void> {
    await this.#secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
  }

  async #allStacks(): Promise<Stack[]> {
    const found: Stack[] = [];
    let NextToken: string | undefined;
    do {
      const page = await this.#stacks.send(new DescribeStacksCommand(NextToken === undefined ? {} : { NextToken }));
      found.push(...(page.Stacks ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return found.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
  }

  /** Tables by stack. A stack names its table as an output; one that failed halfway may only have the table itself. */
  async #usedTables(stacks: readonly Stack[]): Promise<Map<string, string>> {
    const used = new Map<string, string>();
    for (const { StackName = '', Outputs = [] } of stacks) {
      const output = Outputs.find(({ OutputKey }) => OutputKey === 'TaskTableName')?.OutputValue;
      const own = StackName.startsWith(SERVICE) ? await this.#ownTable(StackName) : undefined;
      for (const table of [output, own]) if (table !== undefined) used.set(table, StackName);
    }
    return used;
  }

  async #ownTable(StackName: string): Promise<string | undefined> {
    try {
      const command = new DescribeStackResourceCommand({ StackName, LogicalResourceId: 'TaskTable' });
      const { StackResourceDetail } = await this.#stacks.send(command);
      return StackResourceDetail?.PhysicalResourceId;
    } catch (error) {
      // CloudFormation has no error name of its own for a missing resource.
      if (error instanceof Error && error.name === 'ValidationError') return undefined;
      throw error;
    }
  }

  async #findTables(used: ReadonlyMap<string, string>): Promise<FoundTable[]> {
    const names = new Set(used.keys());
    for await (const { TableNames = [] } of paginateListTables({ client: this.#tables }, {})) {
      for (const name of TableNames) if (name.startsWith(SERVICE) && name.includes('-TaskTable-')) names.add(name);
    }
    const found: FoundTable[] = [];
    for (const name of names) found.push({ name, usedBy: used.get(name), tasks: await this.#findTasks(name) });
    return found;
  }

  /** A table that cannot be read ends the search: what it holds might be alive. */
  async #findTasks(TableName: string): Promise<FoundTask[]> {
    const tasks = new Map<string, FoundTask>();
    const names = { '#lease': 'lease', '#until': 'until', '#spec': 'spec' };
    const pages = paginateScan(
      { client: this.#tables },
      {
        TableName,
        ConsistentRead: true,
        ProjectionExpression: 'pk, id, #lease.#until, #spec.sourceUri, #spec.sinkUri',
        ExpressionAttributeNames: names,
      },
    );
    for await (const { Items = [] } of pages) {
      for (const item of Items.map((each) => unmarshall(each))) {
        const id: unknown = item['id'];
        if (typeof id === 'string') tasks.set(id, together(taskOf(id, item), tasks.get(id)));
      }
    }
    return [...tasks.values()];
  }

  async #findSecrets(prefix: string): Promise<FoundSecret[]> {
    const found: FoundSecret[] = [];
    const filter = { Filters: [{ Key: 'name' as const, Values: [prefix] }], IncludePlannedDeletion: true };
    for await (const { SecretList = [] } of paginateListSecrets({ client: this.#secrets }, filter)) {
      for (const { Name = '', CreatedDate } of SecretList) {
        // The filter of Secrets Manager knows no case.
        if (!Name.startsWith(prefix)) continue;
        const [taskId = ''] = Name.slice(prefix.length).split('/');
        found.push({ name: Name, taskId, createdAt: CreatedDate?.getTime() ?? Infinity });
      }
    }
    return found;
  }
}

/** A task is several items: one has its lease, and another its declaration. */
const together = (one: FoundTask, other: FoundTask = one): FoundTask => ({
  id: one.id,
  heldUntil: Math.max(one.heldUntil, other.heldUntil),
  ends: [...new Set([...other.ends, ...one.ends])],
});

function taskOf(id: string, item: Readonly<Record<string, unknown>>): FoundTask {
  const { until } = (item['lease'] ?? {}) as { readonly until?: unknown };
  const { sourceUri, sinkUri } = (item['spec'] ?? {}) as { readonly sourceUri?: unknown; readonly sinkUri?: unknown };
  const ends = [sourceUri, sinkUri].filter((uri) => typeof uri === 'string').map(maskLogins);
  return { id, heldUntil: typeof until === 'number' ? until : 0, ends };
}
