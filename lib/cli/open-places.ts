import { readAwsEndpoint } from '../config.ts';
import type { NativeCatalog } from '../native/native-task.ts';
import { SINK_TYPES } from '../task/task.ts';
import { UsageError } from './client/cli-error.ts';
import type { ConnectOptions } from './client/connect.ts';
import type { LeftoverPlaces, LeftoversOptions } from './leftovers-command.ts';
import { say } from './texts/say.ts';

/** Opens what reads the CREATE CDC tasks of a source. */
export async function openNative(sourceUri: string): Promise<NativeCatalog> {
  const { nativeTasksAt } = await import('../database-looks.ts');
  refuseReferences([sourceUri]);
  return nativeTasksAt(sourceUri, new AbortController().signal);
}

function refuseReferences(uris: readonly (string | undefined)[]): void {
  if (!uris.some((uri) => uri?.includes('{{') === true)) return;
  throw new UsageError([say('password.reference')]);
}

/** Opens the account, and the databases that the options name. What most commands never need is loaded here. */
export async function openPlaces(
  options: LeftoversOptions & ConnectOptions,
  env: NodeJS.ProcessEnv,
): Promise<Omit<LeftoverPlaces, 'confirm' | 'now'>> {
  const { AwsAccountLeftovers } = await import('../aws/account/account-leftovers.ts');
  const { atSink, atSource } = await import('../database-looks.ts');
  const { region, profile, sourceUri, sinkUri } = options;
  const sinkType = SINK_TYPES.find((type) => type === options.sinkType);
  const { signal } = new AbortController();
  refuseReferences([sourceUri, sinkUri]);
  return {
    account: new AwsAccountLeftovers({ region, profile, endpoint: readAwsEndpoint(env) }),
    source: sourceUri === undefined ? undefined : atSource(sourceUri, signal),
    sink: sinkUri === undefined || sinkType === undefined ? undefined : atSink(sinkUri, sinkType, signal),
  };
}
