import { mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { installMiniStack } from './installing/ministack-environment.ts';
import { LOCAL_CREDENTIALS } from './local-credentials.ts';
import { type ProcessGroup, startProcess } from './process-group.ts';

export interface MiniStackOptions {
  /** The directory for all its files. The caller removes it. */
  readonly dir: string;
  readonly port?: number;
  /** Check signatures and rights as AWS does? If not, any credentials may do anything. */
  readonly auth?: boolean;
}

export interface MiniStack {
  readonly endpoint: string;
  readonly port: number;
  /** Stops MiniStack and the processes of functions that it started. */
  stop(): Promise<void>;
}

const START_LIMIT = 60_000;

/** Starts MiniStack, an emulator of AWS, on the loopback interface, and waits until it serves. */
export async function startMiniStack(options: MiniStackOptions): Promise<MiniStack> {
  const python = await installMiniStack();
  const port = options.port ?? (await freePort());
  const tmp = join(options.dir, 'tmp');
  await mkdir(tmp, { recursive: true });
  const logFile = join(options.dir, 'ministack.log');
  const env = environment({ ...options, port }, tmp);
  const server = startProcess({ command: python, args: ['-m', 'ministack'], cwd: options.dir, env, logFile });
  // An IP address, not a name: S3 clients then put the bucket into the path, and need no name service.
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await untilHealthy(server, endpoint, logFile);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { endpoint, port, stop: () => server.stop() };
}

/** Functions inherit this environment, so it must not contain our credentials or our options of Node. */
const environment = (
  { dir, port, auth }: MiniStackOptions & { port: number },
  tmp: string,
): Record<string, string> => ({
  ...LOCAL_CREDENTIALS,
  // The functions run with the Node that runs this process.
  PATH: [dirname(process.execPath), process.env['PATH'] ?? '/usr/bin:/bin'].join(delimiter),
  HOME: dir,
  TMPDIR: tmp,
  STATE_DIR: join(dir, 'state'),
  S3_DATA_DIR: join(dir, 's3'),
  BIND_HOST: '127.0.0.1',
  GATEWAY_PORT: String(port),
  MINISTACK_REGION: LOCAL_CREDENTIALS.AWS_REGION,
  LAMBDA_EXECUTOR: 'local',
  SFTP_ENABLED: '0',
  LOG_LEVEL: 'INFO',
  AUTH: String(auth ?? false),
});

async function untilHealthy(server: ProcessGroup, endpoint: string, logFile: string): Promise<void> {
  const end = Date.now() + START_LIMIT;
  while (!(await isHealthy(endpoint))) {
    if (server.hasExited()) throw new Error(`MiniStack ended while starting; see ${logFile}.`);
    if (Date.now() > end) throw new Error(`MiniStack does not answer at ${endpoint}; see ${logFile}.`);
    await delay(100);
  }
}

async function isHealthy(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
