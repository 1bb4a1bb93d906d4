import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Asked,
  complaintsAbout,
  LONGEST_FUNCTION,
  LONGEST_STAGE,
  SERVICE,
} from '../../../lib/deployment/complaints.ts';
import { PARAMETER_NAMES, type Parameters, RULES } from '../../../lib/deployment/parameters.ts';
import { LOG_LEVELS } from '../../../lib/log.ts';
import { type DeclaredStack, declaredStack } from '../../support/declared-stack.ts';

let stack: DeclaredStack;
let defaults: Parameters;
beforeAll(async () => {
  stack = await declaredStack();
  const values = Object.entries(stack.params.default).map(([name, value]) => [
    name,
    String(value).replaceAll('${sls:stage}', 'prod'),
  ]);
  defaults = Object.fromEntries(values) as Parameters;
});

const complaints = ({ parameters, ...asked }: Partial<Asked> = {}): string[] =>
  complaintsAbout({
    ...{ stage: 'prod', region: 'eu-central-1', named: [], toEmulator: false, ...asked },
    parameters: { ...defaults, ...parameters },
  });
const about = (parameters: Partial<Parameters>): string[] => complaints({ parameters: parameters as Parameters });

it('knows every parameter of serverless.yml', () => {
  expect(Object.keys(stack.params.default).sort()).toStrictEqual([...PARAMETER_NAMES].sort());
});

it('has nothing against the parameters as they are by themselves', () => {
  expect(complaints()).toStrictEqual([]);
  expect(complaints({ named: PARAMETER_NAMES })).toStrictEqual([]);
});

it('takes the levels that the log has', () => {
  for (const level of LOG_LEVELS) expect(about({ logLevel: level })).toStrictEqual([]);
  expect(RULES.logLevel.expected).toBe(LOG_LEVELS.join(' or '));
});

describe('a stage', () => {
  it('may be as long as the names of all functions allow, and no longer', () => {
    const longest = Math.max(...Object.keys(stack.functions).map((name) => name.length));
    expect(LONGEST_FUNCTION).toHaveLength(longest);
    expect(`${SERVICE}-${'s'.repeat(LONGEST_STAGE)}-${LONGEST_FUNCTION}`).toHaveLength(64);
    expect(complaints({ stage: 's'.repeat(LONGEST_STAGE) })).toStrictEqual([]);
    expect(complaints({ stage: 's'.repeat(LONGEST_STAGE + 1) }).join()).toContain(`room for ${LONGEST_STAGE}`);
  });

  it('is open to everybody only if it is local, on an emulator', () => {
    const parameters = { ...defaults, auth: 'none' };
    expect(complaints({ parameters, toEmulator: true }).join()).toContain('Set auth to aws_iam or jwt');
    expect(complaints({ parameters, stage: 'local' }).join()).toContain('AWS_ENDPOINT_URL');
    expect(complaints({ parameters, stage: 'local', toEmulator: true })).toStrictEqual([]);
  });
});

describe('a name', () => {
  it('with one wrong letter is refused, with the name that was meant', () => {
    const name = fc.constantFrom(...PARAMETER_NAMES);
    const misspelt = fc.tuple(name, fc.nat(), fc.constantFrom('', 'x', 'xy')).map(([meant, at, letters]) => {
      const place = at % meant.length;
      return { meant, written: `${meant.slice(0, place)}${letters}${meant.slice(place + 1)}` };
    });
    fc.assert(
      fc.property(misspelt, ({ meant, written }) => {
        expect(complaints({ named: [meant, written] })).toStrictEqual([
          `There is no parameter ${written}. Did you mean ${meant}?`,
        ]);
      }),
    );
  });

  it('that is like no other is refused with all that there are', () => {
    const [complaint = ''] = complaints({ named: ['somethingElse'] });
    for (const name of PARAMETER_NAMES) expect(complaint).toContain(name);
  });
});

describe('a value', () => {
  it.each([
    ['auth', 'AWS_IAM'],
    ['network', 'Private'],
    ['tableDeletion', 'Keep'],
    ['deletionProtection', 'true'],
    ['logRetention', '31'],
    ['logLevel', 'debug'],
    ['tracing', 'yes'],
    ['workerMemory', '128'],
    ['workerMemory', '10241'],
    ['workerMemory', '1024MB'],
    ['loaderConcurrency', '0'],
    ['trustedCertificates', 'ca.pem'],
    ['alarmTopic', 'alarms'],
    ['alarmTopic', 'arn:aws:sqs:eu-central-1:111122223333:alarms'],
    ['lagAlarmSeconds', '15m'],
    ['taskMetrics', 'ON'],
    ['requestsPerSecond', '0'],
    ['secrets', ''],
    ['secrets', 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:db-abcdef'],
    ['secrets', 'db;other'],
    ['parameters', 'arn:aws:ssm:eu-central-1:111122223333:parameter/db'],
  ] as const)('%s cannot be %j', (name, value) => {
    expect(about({ [name]: value })).toStrictEqual([
      `${name} is ${JSON.stringify(value)}. It must be ${RULES[name].expected}.`,
    ]);
  });

  it.each([
    ['jwtIssuer', 'issuer.example'],
    ['jwtAudience', 'a b'],
    ['jwtScopes', 'cdc"write'],
    ['subnetIds', 'subnet-1'],
    ['securityGroupIds', 'sg-0a1b2c3d,default'],
  ] as const)('%s cannot be %j, even with what it goes with', (name, value) => {
    const jwt = { auth: 'jwt', jwtIssuer: 'https://issuer.example', jwtAudience: 'cdc' };
    const inside = { network: 'private', subnetIds: 'subnet-0a1b2c3d', securityGroupIds: 'sg-0a1b2c3d' };
    expect(about({ ...jwt, ...inside })).toStrictEqual([]);
    expect(about({ ...jwt, ...inside, [name]: value }).join()).toContain(`${name} is ${JSON.stringify(value)}.`);
  });

  it.each([
    [{ auth: 'jwt', jwtAudience: 'cdc' }, 'jwtIssuer is missing'],
    [{ auth: 'jwt', jwtIssuer: 'https://issuer.example' }, 'jwtAudience is missing'],
    [{ jwtScopes: 'cdc/write' }, 'jwtScopes is only for auth jwt'],
    [{ network: 'private', securityGroupIds: 'sg-0a1b2c3d' }, 'subnetIds is missing'],
    [{ network: 'private', subnetIds: 'subnet-0a1b2c3d' }, 'securityGroupIds is missing'],
    [{ subnetIds: 'subnet-0a1b2c3d' }, 'subnetIds is only for network private'],
    [{ alarmTopic: 'arn:aws:sns:us-east-1:111122223333:alarms' }, 'can only tell a topic in eu-central-1'],
    [{ tableDeletion: 'Delete' }, 'Add --param deletionProtection=off'],
  ])('%j is refused for what it does not go with', (parameters, reason) => {
    const found = about(parameters);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(reason);
  });
});
