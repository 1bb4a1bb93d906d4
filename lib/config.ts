/** What the deployment tells its functions; serverless.yml sets the variables. */
export interface Config {
  readonly tableName: string;
  /** The function that replicates one task. */
  readonly workerFunction: string;
  /** The function that takes part in the load of one. */
  readonly loaderFunction: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export const readConfig = (env: Environment = process.env): Config => ({
  tableName: required(env, 'TABLE_NAME'),
  workerFunction: required(env, 'WORKER_FUNCTION'),
  loaderFunction: required(env, 'LOADER_FUNCTION'),
});

/** How metrics are told apart. */
export interface MetricsConfig {
  readonly stage: string;
  readonly perTask: boolean;
}

export const readMetricsConfig = (env: Environment = process.env): MetricsConfig => ({
  stage: required(env, 'STAGE'),
  perTask: env['TASK_METRICS'] === 'on',
});

/** What the names of the secrets of tasks begin with; only functions that talk to databases are told. */
export const readSecretPrefix = (env: Environment = process.env): string => required(env, 'SECRET_PREFIX');

/** Where AWS is, when it is not AWS: the address of an emulator. The AWS SDK heeds the same variable. */
export const readAwsEndpoint = (env: Environment = process.env): string | undefined =>
  env['AWS_ENDPOINT_URL'] === '' ? undefined : env['AWS_ENDPOINT_URL'];

function required(env: Environment, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} is not set.`);
  return value;
}
