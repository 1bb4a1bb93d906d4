import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { localEndpoint } from '../lib/aws/find-endpoint.ts';
import { bundle } from './bundle.ts';
import { LOCAL_CREDENTIALS, localAccess } from './local-credentials.ts';

export interface DeployOptions {
  /** The directory in which the package is built. Several deployments may run at the same time. */
  readonly dir: string;
  readonly awsEndpoint: string;
  /** Parameters of serverless.yml that differ from the stage's. */
  readonly params?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface LocalDeployment {
  readonly stackName: string;
  /** The outputs of the CloudFormation stack. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The address at which the emulator serves the HTTP routes, if it does. */
  readonly httpEndpoint: string;
}

const ROOT = resolve(import.meta.dirname, '..');
const SERVERLESS = join(ROOT, 'node_modules', 'serverless', 'bin', 'serverless.js');
/** The deployment's declaration, and the files it refers to. */
const DECLARATION = ['serverless.yml', 'package.json', 'lib/deployment'];

const STAGE = 'local';
const STACK_NAME = `matrixone-cdc-${STAGE}`;

/** Bundles the functions, and runs `serverless deploy` with serverless.yml as it is, against an emulator of AWS. */
export async function deploy(options: DeployOptions): Promise<LocalDeployment> {
  const app = await prepareApp(options.dir);
  await runServerless(app, ['deploy', '--stage', STAGE], options);
  const outputs = await stackOutputs(options.awsEndpoint);
  return {
    stackName: STACK_NAME,
    outputs,
    httpEndpoint: localEndpoint(options.awsEndpoint, outputs['HttpApiId'] ?? ''),
  };
}

/** Runs `serverless remove`. What the parameters have kept stays. */
export async function remove(options: DeployOptions): Promise<void> {
  await runServerless(await prepareApp(options.dir), ['remove', '--stage', STAGE], options);
}

/**
 * Returns the template that `serverless deploy` would give CloudFormation for a stage, without any network. Without an
 * endpoint, the template is for AWS.
 */
export async function cloudFormationTemplate(
  dir: string,
  stage: string,
  params: Readonly<Record<string, string>> = {},
  awsEndpoint?: string,
): Promise<unknown> {
  const app = await prepareApp(dir);
  await runServerless(app, ['package', '--stage', stage], { awsEndpoint, params });
  const file = join(app, '.serverless', 'cloudformation-template-update-stack.json');
  return JSON.parse(await readFile(file, 'utf8')) as unknown;
}

async function prepareApp(dir: string): Promise<string> {
  const app = join(dir, 'app');
  await mkdir(app, { recursive: true });
  // Several templates from one directory use the same functions.
  if (!existsSync(join(app, 'dist'))) await bundle(join(app, 'dist'));
  for (const file of DECLARATION) {
    await cp(join(ROOT, file), join(app, file), { recursive: true });
  }
  return app;
}

async function runServerless(
  cwd: string,
  command: readonly string[],
  { awsEndpoint, params = {}, signal }: Pick<DeployOptions, 'params' | 'signal'> & { awsEndpoint: string | undefined },
): Promise<void> {
  const args = Object.entries(params).map(([name, value]) => `--param=${name}=${value}`);
  try {
    await promisify(execFile)(process.execPath, [SERVERLESS, ...command, ...args], {
      cwd,
      env: {
        ...LOCAL_CREDENTIALS,
        ...(awsEndpoint === undefined ? {} : { AWS_ENDPOINT_URL: awsEndpoint }),
        PATH: [dirname(process.execPath), process.env['PATH'] ?? '/usr/bin:/bin'].join(delimiter),
        HOME: cwd,
        SLS_TELEMETRY_DISABLED: '1',
      },
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    throw new Error(`serverless ${command.join(' ')} failed:\n${outputOf(error)}`, { cause: error });
  }
}

function outputOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('stdout' in error && 'stderr' in error)) return String(error);
  return `${String(error.stdout)}${String(error.stderr)}`.slice(-4_000);
}

async function stackOutputs(endpoint: string): Promise<Record<string, string>> {
  const client = new CloudFormationClient(localAccess(endpoint));
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: STACK_NAME }));
  client.destroy();
  const outputs = Stacks?.[0]?.Outputs ?? [];
  return Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}
