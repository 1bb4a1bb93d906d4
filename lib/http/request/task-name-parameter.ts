import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { CdcError } from '../../errors.ts';
import { taskNameProblem } from '../../task/task-name.ts';

/**
 * The task name from the `{name}` of the path; throws when no task can have that name. An HTTP API decodes every escape
 * but `%25`. This function decodes `%25`, so that the path is decoded exactly once, whatever it says. Other gateways
 * decode every escape or none. No task may have a name that would then read differently. A name that no task can have
 * is not looked up, because DynamoDB limits the length of keys.
 */
export function taskNameParameter(event: APIGatewayProxyEventV2): string {
  const decoded = decodedName(event);
  if (decoded === undefined) throw new CdcError('ROUTE_UNKNOWN', 'The path names no task.');
  const problem = taskNameProblem(decoded);
  if (problem !== undefined) throw new CdcError('TASK_NOT_FOUND', problem);
  return decoded;
}

/** What the path names, even if no task can have that name; undefined if the path names nothing. */
export function decodedName({ pathParameters }: APIGatewayProxyEventV2): string | undefined {
  const name = pathParameters?.['name'];
  return name === undefined ? undefined : decode(name);
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
