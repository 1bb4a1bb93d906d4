import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { UsageError } from '../../../../lib/cli/client/cli-error.ts';
import { connect } from '../../../../lib/cli/client/connect.ts';

const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers.authorization ?? 'unsigned'}`);
  response.end('{"tasks":[],"next":null}');
});
let address: string;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  vi.unstubAllEnvs();
});

afterAll(() => {
  server.close();
});

it('takes the address from the option, else from the environment, and does not sign for it', async () => {
  const env = { MO_CDC_ENDPOINT: `${address}/from-env/` };
  expect(await (await connect({ stage: 'dev', endpoint: `${address}/$default` }, env)).list()).toEqual([]);
  await (await connect({ stage: 'dev' }, env)).list();
  expect(asked).toEqual(['GET /$default/tasks unsigned', 'GET /from-env/tasks unsigned']);
});

it('signs for any address when asked to, by the option or the environment, for the region at hand', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKID').stubEnv('AWS_SECRET_ACCESS_KEY', 'test').stubEnv('AWS_REGION', 'eu-west-3');
  const to = (path: string) => ({ stage: 'dev', endpoint: `${address}/${path}` });
  const signed = (region: string): unknown =>
    expect.stringMatching(new RegExp(`AWS4-HMAC-SHA256 Credential=AKID/\\d+/${region}/execute-api/aws4_request`, 'u'));
  asked.length = 0;
  await (await connect({ ...to('option'), sign: true }, {})).list();
  await (await connect({ ...to('region'), sign: true, region: 'us-east-1' }, {})).list();
  await (await connect(to('env'), { MO_CDC_SIGN: '1' })).list();
  await (await connect(to('off'), { MO_CDC_SIGN: '' })).list();
  expect(asked).toEqual([signed('eu-west-3'), signed('us-east-1'), signed('eu-west-3'), 'GET /off/tasks unsigned']);
});

it('says that a region is missing to sign for', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKID').stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.stubEnv('AWS_REGION', undefined).stubEnv('AWS_CONFIG_FILE', '/nonexistent');
  const api = await connect({ stage: 'dev', endpoint: address, sign: true }, {});
  await expect(api.list()).rejects.toThrow('Region is missing');
});

it('refuses what is no address', async () => {
  await expect(connect({ stage: 'dev', endpoint: 'nowhere' }, {})).rejects.toThrow(
    'The endpoint nowhere is not a URL.',
  );
});

it('says what to give when the stack cannot be asked', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test').stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  const env = { AWS_ENDPOINT_URL: `${address}/no-aws` };
  await expect(connect({ stage: 'dev', region: 'us-east-1' }, env)).rejects.toMatchObject({
    lines: [expect.stringContaining('matrixone-cdc-dev'), expect.stringContaining('MO_CDC_ENDPOINT')],
  });
});

it.each([
  'http://10.0.0.1:8080',
  'http://api.example.com/$default',
  'http://localhost.example.com',
  'http://mylocalhost',
  'http://127.0.0.1.example.com',
  'http://[2001:db8::1]',
])('refuses an open way to another machine: %s', async (endpoint) => {
  const options = { stage: 'dev', endpoint };
  await expect(connect(options, {})).rejects.toThrow(UsageError);
  await expect(connect(options, {})).rejects.toThrow('--insecure');
  await expect(connect({ stage: 'dev' }, { MO_CDC_ENDPOINT: endpoint })).rejects.toThrow('--insecure');
  await expect(connect({ ...options, insecure: true }, {})).resolves.toBeDefined();
  await expect(connect(options, { MO_CDC_INSECURE: '1' })).resolves.toBeDefined();
});

it.each(['https://api.example.com', 'http://localhost:1', 'http://127.1.2.3', 'http://[::1]:80', 'http://a.localhost'])(
  'takes a safe way: %s',
  async (endpoint) => {
    await expect(connect({ stage: 'dev', endpoint }, {})).resolves.toBeDefined();
  },
);

it('refuses what is no way of the web', async () => {
  await expect(connect({ stage: 'dev', endpoint: 'ftp://h/' }, {})).rejects.toThrow('neither https:// nor http://');
});

it('refuses an open way to the emulator of AWS, where that is on another machine', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test').stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  const stacks = `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><Outputs><member><OutputKey>HttpApiUrl</OutputKey><OutputValue>http://elsewhere/</OutputValue></member></Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
  const cloud = createServer((_, response) => response.end(stacks));
  await once(cloud.listen(0, '127.0.0.1'), 'listening');
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(cloud.address() as AddressInfo).port}`);
  await expect(connect({ stage: 'dev', region: 'us-east-1' }, {})).rejects.toThrow('http://elsewhere');
  cloud.close();
});
