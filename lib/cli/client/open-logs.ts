import { readAwsEndpoint } from '../../config.ts';
import type { TaskLogs } from './command-world.ts';
import { type ConnectOptions, SERVICE } from './connect.ts';

/** Opens the logs of a deployment. Most commands never need the client, so it is loaded here. */
export async function openLogs({ stage, region, profile }: ConnectOptions, env: NodeJS.ProcessEnv): Promise<TaskLogs> {
  const { CloudWatchTaskLogs } = await import('../../aws/logs/task-logs.ts');
  return new CloudWatchTaskLogs({ service: SERVICE, stage }, { region, profile, endpoint: readAwsEndpoint(env) });
}
