import { createHash, createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createSignedFetch } from '../../../lib/aws/signed-fetch.ts';

const KEY = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const send = vi.fn<typeof fetch>(() => Promise.resolve(new Response('{}')));

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-01-02T03:04:05Z'), toFake: ['Date'] });
  vi.stubGlobal('fetch', send);
  for (const [name, value] of Object.entries({ ...KEY, AWS_SESSION_TOKEN: '', AWS_REGION: 'us-east-1' }))
    vi.stubEnv(name, value);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  send.mockClear();
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** The signature as the AWS documentation describes it, for a request given in its canonical form. */
function signature(region: string, canonicalRequest: string): string {
  const scope = `20260102/${region}/execute-api/aws4_request`;
  const parts = ['20260102', region, 'execute-api', 'aws4_request'];
  const key = parts.reduce<string | Buffer>(hmac, `AWS4${KEY.AWS_SECRET_ACCESS_KEY}`);
  return hmac(key, ['AWS4-HMAC-SHA256', '20260102T030405Z', scope, sha256(canonicalRequest)].join('\n')).toString(
    'hex',
  );
}

async function authorizationOf(url: string, request: Parameters<ReturnType<typeof createSignedFetch>>[1]) {
  await createSignedFetch()(new URL(url), request);
  return new Headers(send.mock.calls[0]?.[1]?.headers).get('authorization');
}

it('signs method, path, query and body for the region in the name', async () => {
  const body = '{"taskName":"名"}';
  const url = 'https://abc.execute-api.eu-west-3.amazonaws.com/tasks/a%20%E5%90%8D/pause?b=2&a=1%202';
  const authorization = await authorizationOf(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  const signed = 'content-type;host;x-amz-content-sha256;x-amz-date';
  const canonical = [
    'POST',
    // Encoded once more, as for every service but S3.
    '/tasks/a%2520%25E5%2590%258D/pause',
    'a=1%202&b=2',
    'content-type:application/json',
    'host:abc.execute-api.eu-west-3.amazonaws.com',
    `x-amz-content-sha256:${sha256(body)}`,
    'x-amz-date:20260102T030405Z',
    '',
    signed,
    sha256(body),
  ].join('\n');
  expect(authorization).toBe(
    `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/eu-west-3/execute-api/aws4_request, ` +
      `SignedHeaders=${signed}, Signature=${signature('eu-west-3', canonical)}`,
  );
});

it('takes the configured region where the name has none', async () => {
  const authorization = await authorizationOf('http://127.0.0.1:4566/health', { method: 'GET' });
  expect(authorization).toContain('/20260102/us-east-1/execute-api/');
});

it('sends what it signed', async () => {
  const signal = new AbortController().signal;
  await authorizationOf('https://abc.execute-api.eu-west-3.amazonaws.com/tasks', {
    method: 'POST',
    body: '{}',
    signal,
  });
  expect(send.mock.calls[0]).toMatchObject([{ pathname: '/tasks' }, { method: 'POST', body: '{}', signal }]);
});
