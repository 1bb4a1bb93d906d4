import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PARAMETER_NAMES } from '../../../lib/deployment/parameters.ts';
import { settingsFor } from '../../../lib/deployment/settings.ts';
import { declaredStack } from '../../support/declared-stack.ts';

const { params } = await declaredStack();

const settings = (given: Readonly<Record<string, string>> = {}, stage = 'prod') => {
  const values: Readonly<Record<string, unknown>> = {
    ...Object.fromEntries(
      PARAMETER_NAMES.map((name) => [`param:${name}`, String(params.default[name]).replace('${sls:stage}', stage)]),
    ),
    ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`param:${name}`, value])),
    'sls:stage': stage,
    'self:custom.secretPrefix': `mo-cdc-tasks/${stage}`,
  };
  return settingsFor({
    options: { region: 'eu-central-1', param: Object.entries(given).map(([name, value]) => `${name}=${value}`) },
    declared: { default: params.default },
    env: {},
    valueOf: (variable) => Promise.resolve(values[variable]),
  });
};

/** Does a policy for this resource allow a call for that one? `*` is any text, `?` any character. */
function allows({ 'Fn::Sub': pattern }: { readonly 'Fn::Sub': string }, arn: string): boolean {
  const own = pattern.replaceAll(/\$\{AWS::\w+\}/gu, 'x');
  const text = own.replaceAll(/[\\^$+.()|[\]{}]/gu, String.raw`\$&`);
  return new RegExp(`^${text.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'u').test(arn);
}

it('says everything that is wrong at once, and that nothing was deployed', async () => {
  const asked = settings({ alarmTopc: 'x', logLevel: 'debug', network: 'private' });
  await expect(asked).rejects.toThrow(/^Nothing was deployed\.\n(?: {4}- .+\n){3} {4}- .+$/u);
});

it('refuses a name of serverless.yml that it does not know', async () => {
  const valueOf = () => Promise.resolve('');
  const asked = settingsFor({ options: { region: 'x' }, declared: { prod: { alarmTopc: 'x' } }, env: {}, valueOf });
  await expect(asked).rejects.toThrow('Did you mean alarmTopic?');
});

it('lets functions read the secrets of a list of names, by the ARNs that these have, and no others', async () => {
  const name = fc.stringMatching(/^[\w/+=.@-]{1,20}$/u).filter((text) => !text.startsWith('arn:'));
  const random = fc.stringMatching(/^[A-Za-z0-9]{6}$/u);
  const arn = (secret: string, characters: string): string => `arn:x:secretsmanager:x:x:secret:${secret}-${characters}`;
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), random, async (names, characters) => {
      const { userSecrets } = await settings({ secrets: names.join(', ') });
      for (const secret of names) {
        const alone = (await settings({ secrets: secret })).userSecrets;
        expect(userSecrets.some((pattern) => allows(pattern, arn(secret, characters)))).toBe(true);
        expect(alone.map((pattern) => allows(pattern, arn(secret, characters)))).toStrictEqual([true]);
        expect(alone.some((pattern) => allows(pattern, arn(`${secret}-other`, characters)))).toBe(false);
      }
    }),
    { numRuns: 30 },
  );
});

it('takes wildcards in names of secrets and parameters, and a parameter with its leading slash', async () => {
  const { userSecrets, userParameters, allSecrets } = await settings({
    secrets: 'team/*,db-??????',
    parameters: '/db/*,x',
  });
  const ends = (patterns: readonly { 'Fn::Sub': string }[]) =>
    patterns.map((found) => found['Fn::Sub'].split(':').pop());
  expect(ends(userSecrets)).toStrictEqual(['team/*', 'db-??????']);
  expect(ends(allSecrets)).toStrictEqual(['mo-cdc-tasks/prod/*', 'team/*', 'db-??????']);
  expect(ends(userParameters)).toStrictEqual(['parameter/db/*', 'parameter/x']);
});

it('leaves room beside the heap, whatever the memory', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 256, max: 10_240 }), async (workerMemory) => {
      const { memory, nodeOptions } = await settings({ workerMemory: String(workerMemory) });
      expect(memory.worker).toBe(workerMemory);
      for (const kind of ['small', 'checks', 'worker'] as const) {
        const heap = Number(/--max-old-space-size=(\d+)/u.exec(nodeOptions[kind])?.[1]);
        // Node itself, and a quarter of the rest.
        expect(memory[kind] - heap).toBeGreaterThanOrEqual(80 + (memory[kind] - 80) / 4);
        expect(heap).toBeGreaterThanOrEqual(memory[kind] / 2);
      }
    }),
  );
});

it.each([
  [{}, '$context.identity.userArn'],
  [{ auth: 'jwt', jwtIssuer: 'https://issuer.example', jwtAudience: 'cdc' }, '$context.authorizer.claims.sub'],
])('has callers named by how they prove who they are: %j', async (given, principal) => {
  expect((await settings(given)).principal).toBe(principal);
});
