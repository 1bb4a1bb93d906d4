import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Databases, startDatabases } from './databases.ts';
import { installPrerequisites } from './installing/prerequisites.ts';
import { deploy, type LocalDeployment } from './deploy.ts';
import { startMiniStack } from './ministack.ts';
import { settleBoth } from './settle-both.ts';

export interface StackOptions {
  /** Should MiniStack check signatures and each function's rights as AWS does? */
  readonly auth?: boolean;
  /** Parameters of serverless.yml that differ from the stage `local`. */
  readonly params?: Readonly<Record<string, string>>;
  /** Aborts the start. Everything started by then is stopped. */
  readonly signal?: AbortSignal;
}

export interface Stack extends Databases, LocalDeployment {
  readonly awsEndpoint: string;
  /** The directory of logs and state. `stop` removes it. */
  readonly dir: string;
  /** Stops every process and removes every file. May be repeated. */
  stop(): Promise<void>;
}

/** Starts the whole product on this machine: AWS by MiniStack, both databases, and the deployed functions. */
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
  // Install first: the parts below start at the same time, and would install at the same time.
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
