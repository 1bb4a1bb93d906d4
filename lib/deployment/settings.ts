import { complaintsAbout } from './complaints.ts';
import { DeploymentError } from './deployment-error.ts';
import { memoryFor } from './memory.ts';
import { itemsOf, PARAMETER_NAMES, type Parameters } from './parameters.ts';
import { regionFor, type RegionOptions } from './region.ts';

export interface Context {
  /** Options of Serverless's command line. */
  readonly options: RegionOptions & { readonly param?: readonly string[] | null | undefined };
  /** The parameters that serverless.yml gives values to, by stage. */
  readonly declared: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The value of a variable of serverless.yml. */
  readonly valueOf: (variable: string) => Promise<unknown>;
}

/** What serverless.yml takes from its parameters, beyond their plain values. Throws if they cannot be deployed. */
export async function settingsFor(context: Context) {
  const parameters = await parametersOf(context);
  const emulator = context.env['AWS_ENDPOINT_URL'] ?? '';
  const complaints = complaintsAbout({
    stage: String(await context.valueOf('sls:stage')),
    region: regionFor(context.options, context.env),
    parameters,
    named: namesIn(context),
    toEmulator: emulator !== '',
  });
  if (complaints.length > 0) {
    throw new DeploymentError(['Nothing was deployed.', ...complaints.map((line) => `    - ${line}`)].join('\n'));
  }
  return {
    ...callers(parameters),
    ...network(parameters),
    ...memoryFor(Number(parameters.workerMemory)),
    ...readable(parameters, String(await context.valueOf('self:custom.secretPrefix'))),
    deletionProtection: parameters.deletionProtection === 'on',
    tracing: parameters.tracing === 'on',
    alarmActions: parameters.alarmTopic === '' ? [] : [parameters.alarmTopic],
    loaderConcurrency: parameters.loaderConcurrency === '' ? null : Number(parameters.loaderConcurrency),
    requestsPerSecond: Number(parameters.requestsPerSecond),
    // An account has a burst of 5,000 for all its APIs together.
    burst: Math.min(5_000, 2 * Number(parameters.requestsPerSecond)),
  };
}

async function parametersOf({ valueOf }: Context): Promise<Parameters> {
  const values = PARAMETER_NAMES.map(async (name) => [name, String(await valueOf(`param:${name}`)).trim()] as const);
  return Object.fromEntries(await Promise.all(values)) as Parameters;
}

/** The names of all parameters that somebody gave a value to, on the command line or in serverless.yml. */
const namesIn = ({ options, declared }: Context): string[] => [
  ...new Set([
    ...(options.param ?? []).map((given) => given.slice(0, Math.max(0, given.indexOf('=')))),
    ...Object.values(declared).flatMap((values) => Object.keys(values)),
  ]),
];

/** How callers prove who they are, and which of API Gateway's variables then names them. */
function callers({ auth, jwtIssuer, jwtAudience, jwtScopes }: Parameters) {
  if (auth === 'none') return { authorizer: '', authorizers: {}, principal: 'anybody' };
  if (auth === 'aws_iam') {
    return { authorizer: { type: 'aws_iam' }, authorizers: {}, principal: '$context.identity.userArn' };
  }
  const scopes = itemsOf(jwtScopes);
  const issuer = { issuerUrl: jwtIssuer, audience: [jwtAudience] };
  return {
    authorizer: { name: 'jwt', ...(scopes.length === 0 ? {} : { scopes }) },
    authorizers: { jwt: { type: 'jwt', identitySource: '$request.header.Authorization', ...issuer } },
    principal: '$context.authorizer.claims.sub',
  };
}

/** The network of the functions that talk to databases, and the managed policies of roles in it and outside of it. */
function network({ network: kind, subnetIds, securityGroupIds, tracing }: Parameters) {
  const outside = tracing === 'on' ? [managedPolicy('AWSXRayDaemonWriteAccess')] : [];
  const inside = [managedPolicy('service-role/AWSLambdaVPCAccessExecutionRole'), ...outside];
  const none = outside.length === 0 ? null : outside;
  if (kind === 'public') return { vpc: null, managedPolicies: { outside: none, inside: none } };
  return {
    vpc: { subnetIds: itemsOf(subnetIds), securityGroupIds: itemsOf(securityGroupIds) },
    managedPolicies: { outside: none, inside },
  };
}

/** The secrets and parameters that URIs may refer to, and the secrets that functions may read beside them. */
function readable({ secrets, parameters }: Parameters, secretPrefix: string) {
  const userSecrets = itemsOf(secrets).map((name) => arn('secretsmanager', `secret:${secretPattern(name)}`));
  return {
    userSecrets,
    allSecrets: [arn('secretsmanager', `secret:${secretPrefix}/*`), ...userSecrets],
    userParameters: itemsOf(parameters).map((name) => arn('ssm', `parameter/${name.replace(/^\//u, '')}`)),
  };
}

/** The ARN of a secret is its name and six characters that Secrets Manager chooses. */
const secretPattern = (name: string): string =>
  name.endsWith('*') || name.endsWith('-??????') ? name : `${name}-??????`;

const arn = (service: string, resource: string) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
});

const managedPolicy = (name: string) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:iam::aws:policy/${name}` });
