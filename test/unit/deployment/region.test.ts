import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { regionFor } from '../../../lib/deployment/region.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'region-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
});
afterAll(() => rm(dir, { recursive: true }));

const region = fc.constantFrom('eu-central-1', 'us-east-1', 'ap-southeast-2');
const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined });
const profile = fc.constantFrom('default', 'work', 'other-team');
/** What the sections of a file say, the later ones below the earlier. */
const file = fc.uniqueArray(fc.record({ profile, region: maybe(region) }), { selector: (section) => section.profile });
const comment = fc.constantFrom('', '# [profile work]\n', '; region = no\n', '\n');

const section = (title: string, own: string | undefined): string =>
  `[${title}]\nsso_session = x\n${own === undefined ? '' : `region = ${own}\n`}output=json\n`;

it('is the region that mo_cdc looks in, for the same profile and variables', async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        asked: maybe(profile),
        inEnvironment: maybe(profile),
        variable: maybe(region),
        config: file,
        comment,
      }),
      file,
      async ({ asked, inEnvironment, variable, config, comment: between }, credentials) => {
        // The SDK reads each file once.
        const [configFile, credentialsFile] = [`config-${++number}`, `credentials-${number}`].map((name) =>
          path.join(dir, name),
        ) as [string, string];
        const title = (name: string): string => (name === 'default' ? name : `profile ${name}`);
        await writeFile(configFile, config.map((own) => between + section(title(own.profile), own.region)).join('\n'));
        await writeFile(credentialsFile, credentials.map((own) => section(own.profile, own.region)).join('\n'));
        vi.stubEnv('AWS_CONFIG_FILE', configFile).stubEnv('AWS_SHARED_CREDENTIALS_FILE', credentialsFile);
        vi.stubEnv('AWS_REGION', variable).stubEnv('AWS_PROFILE', inEnvironment);

        const client = new CloudFormationClient(asked === undefined ? {} : { profile: asked });
        const expected = await client.config.region().catch(() => undefined);
        const found = (): string => regionFor({ region: null, 'aws-profile': asked ?? null }, process.env);
        if (expected === undefined) expect(found).toThrow('Add --region');
        else expect(found()).toBe(expected);
        expect(regionFor({ region: 'eu-west-9', 'aws-profile': asked }, process.env)).toBe('eu-west-9');
      },
    ),
  );
});
