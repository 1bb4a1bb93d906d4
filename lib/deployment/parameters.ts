/** What a parameter may be. An empty value stands for a parameter that is not given. */
interface Rule {
  readonly allows: (value: string) => boolean;
  readonly expected: string;
}

/** The items of a comma separated list. */
export const itemsOf = (list: string): string[] => list.split(/[\s,]+/u).filter((item) => item !== '');

const oneOf = (...words: readonly string[]): Rule => ({
  allows: (value) => words.includes(value),
  expected: words.join(' or '),
});

const number = (least: number, most: number): Rule => ({
  allows: (value) => /^\d{1,9}$/u.test(value) && Number(value) >= least && Number(value) <= most,
  expected: `a whole number from ${least} to ${most}`,
});

const text = (pattern: RegExp, expected: string): Rule => ({ allows: (value) => pattern.test(value), expected });

const each = (pattern: RegExp, expected: string): Rule => ({
  allows: (value) => itemsOf(value).length > 0 && itemsOf(value).every((item) => pattern.test(item)),
  expected: `${expected}; separate several by commas`,
});

const optional = ({ allows, expected }: Rule): Rule => ({
  allows: (value) => value === '' || allows(value),
  expected,
});

const SWITCH = oneOf('on', 'off');

/** The numbers of days for which CloudWatch keeps logs. */
const RETENTION = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731],
  ...[1096, 1827, 2192, 2557, 2922, 3288, 3653],
].map(String);

/** Every parameter of serverless.yml. docs/deploy.md says what each is for. */
export const RULES = {
  auth: oneOf('aws_iam', 'jwt', 'none'),
  jwtIssuer: optional(text(/^https:\/\/[^\s/]\S*$/u, 'the https address of an issuer')),
  jwtAudience: optional(text(/^\S+$/u, 'the audience of tokens, without spaces')),
  // The characters of a scope (RFC 6749). A wrong scope that was ignored would let in everybody with a token.
  jwtScopes: optional(each(/^[\x21\x23-\x5b\x5d-\x7e]+$/u, 'scopes, which are ASCII without spaces, quotes and \\')),
  network: oneOf('public', 'private'),
  subnetIds: optional(each(/^subnet-(?:[0-9a-f]{8}|[0-9a-f]{17})$/u, 'ids of subnets, like subnet-0a1b2c3d')),
  securityGroupIds: optional(each(/^sg-(?:[0-9a-f]{8}|[0-9a-f]{17})$/u, 'ids of security groups, like sg-0a1b2c3d')),
  tableDeletion: oneOf('Retain', 'Delete', 'RetainExceptOnCreate'),
  deletionProtection: SWITCH,
  // The characters of names of tables (DynamoDB's rules of names).
  tableName: optional(text(/^[\w.-]{3,255}$/u, 'the name of a DynamoDB table')),
  logRetention: oneOf(...RETENTION),
  logLevel: oneOf('info', 'warn', 'error'),
  tracing: SWITCH,
  workerMemory: number(256, 10_240),
  loaderConcurrency: optional(number(1, 1_000_000)),
  trustedCertificates: optional(text(/^\/\S+$/u, "the absolute path of a file on the functions' disk")),
  alarmTopic: optional(
    text(
      /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(?:\.fifo)?$/u,
      'the ARN of an SNS topic, like arn:aws:sns:eu-central-1:111122223333:alarms',
    ),
  ),
  lagAlarmSeconds: number(1, 31_536_000),
  taskMetrics: SWITCH,
  events: SWITCH,
  requestsPerSecond: number(1, 10_000),
  // The characters of names (with the six random ones of an ARN), and the wildcards of policies.
  secrets: each(/^(?!arn:)[\w/+=.@*?-]+$/u, 'names of secrets (no ARNs), * for any text'),
  parameters: each(/^(?!arn:)[\w/.*?-]+$/u, 'names of SSM parameters (no ARNs), * for any text'),
} as const satisfies Readonly<Record<string, Rule>>;

export type ParameterName = keyof typeof RULES;
export type Parameters = Readonly<Record<ParameterName, string>>;

export const PARAMETER_NAMES = Object.keys(RULES) as readonly ParameterName[];
