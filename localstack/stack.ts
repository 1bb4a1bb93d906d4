import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Databases, startDatabases } from './databases.ts';
import { installPrerequisites } from './installing/prerequisites.ts';
import { deploy, type LocalDeployment } from './deploy.ts';
import { startMiniStack } from './ministack.ts';
import { settleBoth } from './settle-both.ts';

export interface StackOptions {
  /** Have MiniStack check signatures and each function's rights as AWS does. */
  readonly auth?: boolean;
  /** Parameters of serverless.yml that are to differ from those of the stage `local`. */
  readonly params?: Readonly<Record<string, string>>;
  /** Ends the start; what was started by then is stopped. */
  readonly signal?: AbortSignal;
}

export interface Stack extends Databases, LocalDeployment {
  readonly awsEndpoint: string;
  /** Logs and state, removed by `stop`. */
  readonly dir: string;
  /** Stops every process and removes every file. Idempotent. */
  stop(): Promise<void>;
}

/** The whole product on this machine: AWS by MiniStack, both databases, and the functions deployed. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const undo = new AsyncDisposableStack();
  try {
    const stack = await start(options, undo);
    return { ...stack, stop: () => undo.disposeAsync() };
  } catch (error) {
    await undo.disposeAsync().catch((later: unknown) => {
      throw new AggregateError([error, later], 'The stack did not start, nor was it cleared away.', { cause: error });
    });
    throw error;
  }
}

async function start(options: StackOptions, undo: AsyncDisposableStack): Promise<Omit<Stack, 'stop'>> {
  // What starts side by side below would be installed side by side.
  await installPrerequisites();
  options.signal?.throwIfAborted();
  const dir = await mkdtemp(join(tmpdir(), 'matrixone-cdc-'));
  undo.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  const [databases, aws] = await settleBoth(startDatabases(dir, undo), startAws(dir, options, undo));
  options.signal?.throwIfAborted();
  const deployment = await deploy({ ...options, dir, awsEndpoint: aws.endpoint });
  options.signal?.throwIfAborted();
  return { ...databases, ...deployment, awsEndpoint: aws.endpoint, dir };
}

async function startAws(dir: string, { auth = false }: StackOptions, undo: AsyncDisposableStack) {
  const aws = await startMiniStack({ dir: join(dir, 'aws'), auth });
  undo.defer(() => aws.stop());
  return aws;
}
