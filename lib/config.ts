import { LOG_LEVELS, type LogLevel } from './log.ts';

/** The functions' settings from a deployment. serverless.yml sets the variables. */
export interface Config {
  readonly tableName: string;
  /** The function that replicates one task. */
  readonly workerFunction: string;
  /** The function that helps with the load of one task. */
  readonly loaderFunction: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export const readConfig = (env: Environment = process.env): Config => ({
  tableName: required(env, 'TABLE_NAME'),
  workerFunction: required(env, 'WORKER_FUNCTION'),
  loaderFunction: required(env, 'LOADER_FUNCTION'),
});

/** Settings that label and select metrics. */
export interface MetricsConfig {
  readonly stage: string;
  readonly perTask: boolean;
}

export const readMetricsConfig = (env: Environment = process.env): MetricsConfig => ({
  stage: required(env, 'STAGE'),
  perTask: env['TASK_METRICS'] === 'on',
});

/** The least that is logged. A word that is no level, of another program perhaps, leaves nothing out. */
export const readLogLevel = (env: Environment = process.env): LogLevel =>
  LOG_LEVELS.find((level) => level === env['LOG_LEVEL']) ?? 'info';

/** Should events be sent? The stage labels them. */
export const readEventsConfig = (env: Environment = process.env): { readonly stage: string } | undefined =>
  env['EVENTS'] === 'on' ? { stage: required(env, 'STAGE') } : undefined;

/** The prefix of the names of tasks' secrets. Only functions that talk to databases know it. */
export const readSecretPrefix = (env: Environment = process.env): string => required(env, 'SECRET_PREFIX');

/** The address of an AWS emulator; undefined for AWS itself. The AWS SDK reads the same variable. */
export const readAwsEndpoint = (env: Environment = process.env): string | undefined =>
  env['AWS_ENDPOINT_URL'] === '' ? undefined : env['AWS_ENDPOINT_URL'];

function required(env: Environment, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} is not set.`);
  return value;
}
