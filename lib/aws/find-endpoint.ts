import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { type AwsAccess, clientConfig } from './client-config.ts';

export interface Deployment {
  readonly service: string;
  readonly stage: string;
}

/**
 * Finds the address of a deployment's HTTP routes; undefined if there is no such deployment. Throws the SDK's error if
 * AWS refuses.
 */
export async function findEndpoint(
  { service, stage }: Deployment,
  access: AwsAccess = {},
): Promise<string | undefined> {
  const client = new CloudFormationClient(clientConfig(access));
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: `${service}-${stage}` }));
    const outputs = new Map(Stacks?.[0]?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
    const apiId = outputs.get('HttpApiId');
    // An emulator returns a name of AWS, which leads nowhere.
    if (access.endpoint !== undefined && apiId !== undefined) return localEndpoint(access.endpoint, apiId);
    return outputs.get('HttpApiUrl');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}

/** The address at which LocalStack and MiniStack serve the routes of an HTTP API. */
export const localEndpoint = (awsEndpoint: string, apiId: string): string =>
  `${awsEndpoint.replace(/\/$/u, '')}/_aws/execute-api/${apiId}/$default`;

/** CloudFormation has no error name of its own for a missing stack. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ValidationError' && error.message.includes('does not exist');
