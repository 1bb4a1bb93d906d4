import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { CdcError } from '../../errors.ts';
import { taskNameProblem } from '../../task/task-name.ts';

/**
 * The `{name}` of the path. An HTTP API decodes every escape but `%25`: with that decoded here, the path has been decoded
 * exactly once, whatever it says. Other gateways hand on all or no escapes; a name that would read differently then is
 * given to no task. What no task can be named is not looked up: the table takes keys of a limited length only.
 */
export function taskNameParameter(event: APIGatewayProxyEventV2): string {
  const name = event.pathParameters?.['name'];
  if (name === undefined) throw new CdcError('ROUTE_UNKNOWN', 'The path names no task.');
  const decoded = decode(name);
  const problem = taskNameProblem(decoded);
  if (problem !== undefined) throw new CdcError('TASK_NOT_FOUND', problem);
  return decoded;
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
