import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { CdcError } from '../errors.ts';

/**
 * The `{name}` of the path. Some gateways have decoded it already, others have not: names that would read differently
 * after another decoding are not given to tasks, so decoding once more is right for both.
 */
export function taskNameParameter(event: APIGatewayProxyEventV2): string {
  const name = event.pathParameters?.['name'];
  if (name === undefined) throw new CdcError('ROUTE_UNKNOWN', 'The path names no task.');
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
