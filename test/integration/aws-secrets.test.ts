import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AwsSecrets } from '../../lib/aws/secrets.ts';
import type { SecretReference } from '../../lib/task/uri/secret-reference.ts';
import { LOCAL_CREDENTIALS, localAccess } from '../../localstack/local-credentials.ts';
import { type MiniStack, startMiniStack } from '../../localstack/ministack.ts';

let dir: string;
let aws: MiniStack;
let manager: SecretsManagerClient;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aws-secrets-'));
  aws = await startMiniStack({ dir });
  for (const [name, value] of Object.entries({ ...LOCAL_CREDENTIALS, AWS_ENDPOINT_URL: aws.endpoint })) {
    vi.stubEnv(name, value);
  }
  manager = new SecretsManagerClient(localAccess(aws.endpoint));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.stop();
  await rm(dir, { recursive: true });
});

const at = (id: string, key?: string): SecretReference =>
  key === undefined ? { service: 'secretsmanager', id } : { service: 'secretsmanager', id, key };
const own = (name: string): SecretReference => ({ service: 'task', name, key: 'source' });

describe('secrets that users keep', () => {
  it('are a text, a value of a JSON object, or a parameter of any kind', async () => {
    const secrets = new AwsSecrets('mo-cdc-tasks/test');
    const { ARN = '' } = await manager.send(new CreateSecretCommand({ Name: 'plain', SecretString: 'pässword' }));
    const SecretString = JSON.stringify({ password: 'p', number: 7, toString: 'own' });
    await manager.send(new CreateSecretCommand({ Name: 'json', SecretString }));
    expect(await secrets.read(at('plain'))).toBe('pässword');
    expect(await secrets.read(at(ARN))).toBe('pässword');
    expect(await secrets.read(at('json', 'password'))).toBe('p');
    expect(await secrets.read(at('json', 'number'))).toBe('7');
    const ssm = new SSMClient(localAccess(aws.endpoint));
    for (const Type of ['String', 'SecureString'] as const) {
      await ssm.send(new PutParameterCommand({ Name: `/pw/${Type}`, Value: `of ${Type}`, Type }));
      expect(await secrets.read({ service: 'ssm', name: `/pw/${Type}` })).toBe(`of ${Type}`);
    }
  });

  it('go to no other place than one that they name', async () => {
    const secrets = new AwsSecrets('mo-cdc-tasks/test');
    const SecretString = JSON.stringify({ username: 'u', password: 'p', host: 'db.prod', port: 3306 });
    await manager.send(new CreateSecretCommand({ Name: 'rds', SecretString }));
    expect(await secrets.read(at('rds', 'password'), { host: 'DB.prod', port: 3306 })).toBe('p');
    for (const to of [
      { host: 'evil.test', port: 3306 },
      { host: 'db.prod', port: 3307 },
    ]) {
      for (const reference of [at('rds', 'password'), at('rds')]) {
        const reading = secrets.read(reference, to);
        await expect(reading).rejects.toMatchObject({ code: 'SECRET_ERROR' });
        await expect(reading).rejects.toThrow(`it is for db.prod:3306 and not for ${to.host}:${to.port}`);
      }
    }
  });

  it('are read once, until one of them is refused or five minutes have passed', async () => {
    let now = 0;
    const secrets = new AwsSecrets('mo-cdc-tasks/test', () => now);
    const put = (SecretString: string) =>
      manager.send(new PutSecretValueCommand({ SecretId: 'rotated', SecretString }));
    await manager.send(new CreateSecretCommand({ Name: 'rotated', SecretString: 'one' }));
    expect(await secrets.read(at('rotated'))).toBe('one');
    await put('two');
    now = 299_999;
    expect(await secrets.read(at('rotated'))).toBe('one');
    secrets.forget(at('rotated'));
    expect(await secrets.read(at('rotated'))).toBe('two');
    await put('three');
    now = 600_000;
    expect(await secrets.read(at('rotated'))).toBe('three');
  });

  it('are errors without their content, and looked for again', async () => {
    const secrets = new AwsSecrets('mo-cdc-tasks/test');
    await expect(secrets.read(at('later'))).rejects.toThrow(
      'the secret later cannot be used: ResourceNotFoundException.',
    );
    await manager.send(new CreateSecretCommand({ Name: 'later', SecretString: 'hunter2' }));
    expect(await secrets.read(at('later'))).toBe('hunter2');
    for (const key of ['key', '__proto__', 'length']) {
      const reading = secrets.read(at('later', key));
      await expect(reading).rejects.toMatchObject({ code: 'SECRET_ERROR', retry: true });
      await expect(reading).rejects.not.toThrow('hunter2');
    }
    await expect(secrets.read({ service: 'ssm', name: '/none' })).rejects.toThrow('ParameterNotFound');
  });
});

describe('secrets of tasks', () => {
  it('are remembered for good: who cleans up after a dropped task still needs them', async () => {
    let now = 0;
    const secrets = new AwsSecrets('mo-cdc-tasks/test', () => now);
    await secrets.propose('id/0', { source: 'pw' });
    const reference = { service: 'task', name: 'id/0', key: 'source' } as const;
    expect(await secrets.read(reference)).toBe('pw');
    await secrets.remove('id/0');
    now = 24 * 3_600_000;
    expect(await secrets.read(reference)).toBe('pw');
    secrets.forget(reference);
    await expect(secrets.read(reference)).rejects.toMatchObject({ code: 'SECRET_ERROR' });
  });

  it('go away unless they are confirmed, which reading does', async () => {
    const secrets = new AwsSecrets('mo-cdc-tasks/test');
    const other = new AwsSecrets('mo-cdc-tasks/test');
    await secrets.propose('id/1', { source: 'pw' });
    await expect(secrets.read(at('anything/id/1'))).rejects.toThrow();
    expect(await secrets.read(own('id/1'))).toBe('pw');
    for (const done of [() => secrets.confirm('id/1'), () => secrets.retract('id/1'), () => secrets.retract('id/1')]) {
      await done();
    }
    await secrets.confirm('id/1');
    await secrets.remove('id/1');
    await secrets.remove('id/1');
    await secrets.retract('id/1');
    await expect(other.read(own('id/1'))).rejects.toMatchObject({ code: 'SECRET_ERROR' });
  });

  it('can be referred to by nobody else', async () => {
    const secrets = new AwsSecrets('mo-cdc-tasks/test');
    await secrets.propose('id/2', { source: 'pw' });
    await secrets.confirm('id/2');
    const name = 'mo-cdc-tasks/test/id/2';
    const arn = `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}`;
    for (const id of [name, arn, 'mo-cdc-tasks/other/id/2']) {
      await expect(secrets.read(at(id, 'source'))).rejects.toThrow("a task's own");
    }
  });
});
