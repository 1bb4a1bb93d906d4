import { readAwsEndpoint } from '../config.ts';
import { SINK_TYPES } from '../task/task.ts';
import { UsageError } from './client/cli-error.ts';
import type { ConnectOptions } from './client/connect.ts';
import type { LeftoverPlaces, LeftoversOptions } from './leftovers-command.ts';

/** Opens the account, and the databases that the options name. What most commands never need is loaded here. */
export async function openPlaces(
  options: LeftoversOptions & ConnectOptions,
  env: NodeJS.ProcessEnv,
): Promise<Omit<LeftoverPlaces, 'confirm' | 'now'>> {
  const { AwsAccountLeftovers } = await import('../aws/account/account-leftovers.ts');
  const { atSink, atSource } = await import('../database-leftovers.ts');
  const { region, profile, sourceUri, sinkUri } = options;
  const sinkType = SINK_TYPES.find((type) => type === options.sinkType);
  const { signal } = new AbortController();
  for (const uri of [sourceUri, sinkUri]) {
    if (uri?.includes('{{') === true) {
      throw new UsageError(['Write the password into the URI: this command reads no secrets.']);
    }
  }
  return {
    account: new AwsAccountLeftovers({ region, profile, endpoint: readAwsEndpoint(env) }),
    source: sourceUri === undefined ? undefined : atSource(sourceUri, signal),
    sink: sinkUri === undefined || sinkType === undefined ? undefined : atSink(sinkUri, sinkType, signal),
  };
}
