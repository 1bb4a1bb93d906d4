import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCdcError } from '../../../../lib/errors.ts';
import { maskUri, parseDatabaseUri } from '../../../../lib/task/uri/database-uri.ts';

/** Passwords that people type as they are: with what means something in URIs, in any script. */
const odd = fc.constantFrom(
  '@',
  '/',
  ':',
  '#',
  '?',
  '%',
  '%4',
  ' ',
  '\n',
  '\\',
  '&',
  '=',
  '{{',
  '}}',
  '[',
  ']',
  'é',
  '密',
  '🐤',
  '?tls=',
  '//',
);
const word = fc.stringMatching(/^[A-Z0-9]{1,9}$/u);
const password = fc.array(fc.oneof(odd, word), { minLength: 1, maxLength: 7 }).map((parts) => parts.join(''));

/** Nothing of these can be mistaken for a part of a password above. */
const FORMS: readonly ((password: string) => string)[] = [
  (p) => `mysql://root:${p}@db.example.com:6001`,
  (p) => `mysql://root:${p}@db.example.com:6001/`,
  (p) => `mysql://root:${p}@db.example.com/shop`,
  (p) => `mysql://root:${p}@db.example.com:6001?tls=required`,
  (p) => `mysql://root:${p}@db.example.com:6001?password=${p}`,
  (p) => `mysql://root:x@db.example.com:6001?password=${p}`,
  (p) => `mysql://root:x@db.example.com:6001?${p.replaceAll('=', '')}`,
  (p) => `mysql://root:x@db.example.com:6001?tls=${p}&ssl-mode=${p}`,
  (p) => `mysql://root:${p}@db.example.com:6001#x`,
  (p) => `mysql://acc:root:${p}@db.example.com`,
  (p) => `mysql://acc#root:${p}@db.example.com`,
  (p) => `mysql://root:${p}@[::1]:6001`,
  (p) => `mysql://root:${p}@db.example.com:99999`,
  (p) => `mysql://root:${p}@db.example.com\n`,
  // As the name of a user it would be one.
  (p) => `mysql://${p.replaceAll(':', '')}@db.example.com`,
  (p) => `mysql://root:${encodeURIComponent(p)}@db.example.com`,
  (p) => `MYSQL://root:${p}@db.example.com:6001`,
  (p) => `root:${p}@db.example.com:6001`,
  (p) => `//root:${p}@db.example.com`,
  (p) => `mysql:/root:${p}@db.example.com`,
  (p) => `postgres://root:${p}@db.example.com`,
  (p) => ` mysql://root:${p}@db.example.com`,
  (p) => `mysql://root@db.example.com:${p}`,
  // … and what follows an @, a host.
  (p) => `mysql://root:${p.replaceAll('@', '')}`,
  (p) => p,
];

/** Every four characters in a row of the password, as typed and percent-encoded. */
const parts = (text: string): string[] =>
  [text, encodeURIComponent(text)].flatMap((each) =>
    Array.from({ length: Math.max(0, each.length - 3) }, (_, at) => each.slice(at, at + 4)),
  );

const messageOf = (uri: string): string => {
  try {
    parseDatabaseUri(uri);
    return '';
  } catch (error) {
    if (isCdcError(error, 'URI_INVALID')) return error.message;
    throw error;
  }
};

describe('a password', () => {
  it.each(FORMS.map((form) => [form('PASSWORD'), form] as const))('is in no part of the mask of %j', (_, form) => {
    fc.assert(
      fc.property(password, (secret) => {
        const uri = form(secret);
        const known = form('').replaceAll('%', '') + ' the URI cannot be used ?tls=required';
        const leaked = (text: string): string[] =>
          parts(secret).filter((part) => text.includes(part) && !known.includes(part));
        expect(leaked(maskUri(uri))).toEqual([]);
        expect(leaked(messageOf(uri))).toEqual([]);
      }),
      { numRuns: 300, examples: [['&AA=A'], ['a&Tr0ub=4dor']] },
    );
  });

  it('is read as it was before it was masked, where the URI is as it should be', () => {
    fc.assert(
      fc.property(password, (secret) => {
        const uri = `mysql://root:${encodeURIComponent(secret)}@db.example.com:6001?tls=required`;
        expect(parseDatabaseUri(uri).password).toBe(secret);
        expect(maskUri(uri)).toBe('mysql://root:******@db.example.com:6001?tls=required');
      }),
    );
  });
});

it.each([
  ['many @', `mysql://${'@s?'.repeat(100_000)}#`],
  ['many slashes', `mysql://u:p@${'/'.repeat(300_000)}`],
  ['many colons', `mysql://${':'.repeat(300_000)}@h`],
  ['many parameters', `mysql://u:p@h?${'a=&'.repeat(100_000)}`],
  ['many braces', `mysql://u:${'{{'.repeat(150_000)}@h`],
  ['many references', `mysql://u:${'{{resolve:'.repeat(30_000)}}}@h`],
  ['certificates that end nowhere', `mysql://u:p@h?tls-ca=${'-----BEGIN CERTIFICATE-----I'.repeat(10_000)}`],
])('a URI of %s is read in no time', (_, uri) => {
  const before = process.cpuUsage();
  maskUri(uri);
  messageOf(uri);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000).toBeLessThan(500);
});
