import { describe, expect, test } from 'vitest';
import { placeProblem } from '../../../../lib/task/uri/secret-place.ts';

const RDS = {
  username: 'admin',
  password: 'pw-of-rds',
  engine: 'mysql',
  host: 'prod.abc.eu-west-1.rds.amazonaws.com',
  port: 3306,
  dbInstanceIdentifier: 'prod',
};
const to = (host: string, port = 3306) => ({ host, port });

describe('a secret that names a host', () => {
  test.each([RDS.host, `${RDS.host}.`, RDS.host.toUpperCase()])('is sent to %s', (host) => {
    expect(placeProblem(JSON.stringify(RDS), to(host))).toBeUndefined();
    expect(placeProblem(JSON.stringify({ ...RDS, port: '3306' }), to(host))).toBeUndefined();
    expect(placeProblem(JSON.stringify({ ...RDS, port: undefined }), to(host, 1))).toBeUndefined();
  });

  test.each(['evil.example.com', `${RDS.host}.evil.example.com`, `evil-${RDS.host}`, '10.0.0.1', 'prod'])(
    'is not sent to %s, and the reason says nothing of the password',
    (host) => {
      const problem = placeProblem(JSON.stringify(RDS), to(host));
      expect(problem).toContain(`it is for ${RDS.host}:3306 and not for ${host}:3306`);
      expect(problem).not.toContain(RDS.password);
    },
  );

  test('is not sent to another port', () => {
    expect(placeProblem(JSON.stringify(RDS), to(RDS.host, 3307))).toContain(`and not for ${RDS.host}:3307`);
  });

  test('of an IPv6 address is sent there however it is written', () => {
    expect(placeProblem('{"host":"[::1]","password":"x"}', to('::1'))).toBeUndefined();
  });
});

test.each(['plain text', '"json text"', '7', 'null', '[]', '{}', '{"password":"x"}'])(
  'the secret %s names none, and is sent anywhere',
  (secret) => {
    expect(placeProblem(secret, to('anywhere'))).toBeUndefined();
  },
);

test.each([
  ...[
    '{"host":["db.x"],"password":"x"}',
    '{"host":{},"password":"x"}',
    '{"host":true}',
    '{"Host":null}',
    '{"host":""}',
  ],
  ...[
    '{"hostname":"db.x"}',
    '{"HOST":"db.x"}',
    '\ufeff{"host":"db.x"}',
    '{"host":"evil.x","server":"db.x"}',
    '{"endpoint":"db.x"}',
  ],
])('the secret %s is not sent to a host that it does not name', (secret) => {
  expect(placeProblem(secret, to('evil.x'))).toBeDefined();
});
