import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkGivenUri, checkUri } from '../../../../lib/task/check-spec.ts';
import { maskUri, parseDatabaseUri, withReference } from '../../../../lib/task/uri/database-uri.ts';
import { ownReference } from '../../../../lib/task/uri/secret-reference.ts';

const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/mo-a1b2c3';
const secretOf = (reference: string) => parseDatabaseUri(`mysql://acc:u:${reference}@h:1?tls=required`).secret;

describe('a reference in the place of the password', () => {
  it.each([
    ['{{resolve:secretsmanager:prod/mo}}', { service: 'secretsmanager', id: 'prod/mo' }],
    ['{{resolve:secretsmanager:prod/mo:SecretString}}', { service: 'secretsmanager', id: 'prod/mo' }],
    ['{{resolve:secretsmanager:a@b:SecretString:pw}}', { service: 'secretsmanager', id: 'a@b', key: 'pw' }],
    [`{{resolve:secretsmanager:${ARN}}}`, { service: 'secretsmanager', id: ARN }],
    [`{{resolve:secretsmanager:${ARN}:SecretString:pw}}`, { service: 'secretsmanager', id: ARN, key: 'pw' }],
    ['{{resolve:ssm:/prod/mo}}', { service: 'ssm', name: '/prod/mo' }],
    ['{{resolve:ssm-secure:/prod/mo}}', { service: 'ssm', name: '/prod/mo' }],
    ['{{task-secret:id-1/ab:sink}}', { service: 'task', name: 'id-1/ab', key: 'sink' }],
  ])('is read: %s', (reference, expected) => {
    expect(secretOf(reference)).toStrictEqual(expected);
    expect(parseDatabaseUri(`mysql://u:${reference}@h`)).toMatchObject({ user: 'u', password: '', host: 'h' });
  });

  it.each([
    '{{}}',
    '{{hunter2}}',
    '{{resolve:secretsmanager:}}',
    '{{resolve:secretsmanager:a:SecretBinary}}',
    '{{resolve:secretsmanager:a:SecretString:k:AWSPREVIOUS}}',
    '{{resolve:ssm:/a:3}}',
    '{{resolve:vault:a}}',
    '{{task-secret:../../other:sink}}',
  ])('is refused where it is none that is known: %s', (reference) => {
    const [complaint] = checkUri('sourceUri', `mysql://u:${reference}@h`);
    expect(complaint?.code).toBe('URI_INVALID');
    expect(complaint?.found).toMatch(/^The URI (?:mysql:\/\/u:)?\*{6}/u);
    expect(complaint?.found).not.toContain('hunter2');
  });

  it('is shown as it was given', () => {
    const uri = 'mysql://acc:u:{{resolve:secretsmanager:prod/mo:SecretString:pw}}@h:1';
    expect(maskUri(uri)).toBe(uri);
    expect(maskUri('mysql://u:{{resolve:ssm:/a}}@h?x=hunter2')).toBe('mysql://u:{{resolve:ssm:/a}}@h?******=******');
  });

  it("is masked like a password where it is the product's own, and nobody may give it", () => {
    const uri = `mysql://acc:u:${ownReference('id-1/ab', 'source')}@h:1`;
    expect(maskUri(uri)).toBe('mysql://acc:u:******@h:1');
    expect(checkUri('sourceUri', uri)).toStrictEqual([]);
    expect(checkGivenUri('sourceUri', uri)).toMatchObject([{ code: 'URI_INVALID', setting: 'sourceUri' }]);
  });
});

it('takes the place of any password, and of nothing else', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => value.isWellFormed());
  const query = fc.constantFrom('', '?tls=skip-verify', '/?tls-server-name=b.example');
  const account = fc.option(text, { nil: undefined });
  fc.assert(
    fc.property(account, text, text, query, (name, user, password, parameters) => {
      const login = [...(name === undefined ? [] : [name]), user, password].map(encodeURIComponent).join(':');
      // As it may stand: what is not a colon or a percent sign need not be encoded.
      for (const given of [login, login.replaceAll('%40', '@').replaceAll('%3F', '?')]) {
        const uri = `mysql://${given}@h:1${parameters}`;
        const kept = withReference(uri, ownReference('id/1', 'sink'));
        const before = parseDatabaseUri(uri);
        expect(parseDatabaseUri(kept)).toStrictEqual({
          ...before,
          password: '',
          secret: { service: 'task', name: 'id/1', key: 'sink' },
        });
        if (password.length > 12) expect(kept).not.toContain(encodeURIComponent(password));
      }
    }),
  );
});
