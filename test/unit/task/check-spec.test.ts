import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { withSinkTls } from '../../../lib/task/check-spec.ts';

describe('the URI of a sink that says nothing of TLS', () => {
  test.each(['mysql://u:p@h', 'mysql://u:p@h:3306/', 'mysql://u:p?@h:3306?', 'mysql://u:p@ss@[::1]:3306?&'])(
    '%s asks for it where the sink is MySQL or MariaDB',
    (uri) => {
      const address = parseDatabaseUri(withSinkTls(uri, 'mysql'));
      expect(address).toEqual({ ...parseDatabaseUri(uri), tls: { use: 'always', verify: 'identity' } });
      expect(withSinkTls(uri, 'matrixone')).toBe(uri);
    },
  );

  test('stays what it is, whatever the password, but for that', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (password) => {
        const uri = `mysql://u:${encodeURIComponent(password)}@h:1`;
        const once = withSinkTls(uri, 'mysql');
        expect(parseDatabaseUri(once)).toMatchObject({ password, host: 'h', tls: { use: 'always' } });
        expect(withSinkTls(once, 'mysql')).toBe(once);
      }),
    );
  });
});

test.each(['tls=preferred', 'tls=disabled', 'ssl-mode=DISABLED', 'tls=skip-verify', 'tls-server-name=x'])(
  'a URI with %s is left as it is',
  (parameter) => {
    const uri = `mysql://u:p@h:3306?${parameter}`;
    expect(withSinkTls(uri, 'mysql')).toBe(uri);
  },
);
