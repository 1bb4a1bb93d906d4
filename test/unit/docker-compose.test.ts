import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const duration = z.string().regex(/^\d+(ms|s|m)$/u);
const port = z.string().regex(/^127\.0\.0\.1:\d{4,5}:\d{4,5}$/u);

const service = z.strictObject({
  image: z.string().regex(/^[\w./-]+:\d+\.\d+\.\d+$/u, 'an image of one exact version'),
  ports: z.array(port).min(1),
  environment: z.record(z.string(), z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  networks: z.tuple([z.literal('cdc')]),
  healthcheck: z.strictObject({
    test: z.tuple([z.literal('CMD'), z.string()], z.string()),
    interval: duration,
    timeout: duration,
    retries: z.int().positive(),
    start_period: duration.optional(),
  }),
});

const composeFile = z.strictObject({
  name: z.string(),
  services: z.record(z.string(), service),
  networks: z.strictObject({ cdc: z.strictObject({ name: z.string() }) }),
});

const read = async () => {
  const text = await readFile(new URL('../../localstack/docker-compose.yml', import.meta.url), 'utf8');
  return composeFile.parse(parse(text, { merge: true, strict: true }));
};

it('declares LocalStack, two MatrixOne servers and a MySQL, on the loopback interface only', async () => {
  const { services } = await read();
  const images = Object.entries(services).map(([name, { image }]) => `${name} ${image}`);
  expect(images).toStrictEqual([
    'localstack localstack/localstack:4.14.0',
    'matrixone-source matrixorigin/matrixone:4.2.0',
    'matrixone-sink matrixorigin/matrixone:4.2.0',
    'mysql-sink mysql:8.4.7',
  ]);
  const ports = Object.values(services).flatMap((declared) => declared.ports);
  expect(ports).toStrictEqual([
    '127.0.0.1:4566:4566',
    '127.0.0.1:16001:6001',
    '127.0.0.1:16002:6001',
    '127.0.0.1:16003:3306',
  ]);
});

it('runs functions in the network that the databases are in', async () => {
  const { services, networks } = await read();
  expect(services['localstack']?.environment?.['LAMBDA_DOCKER_NETWORK']).toBe(networks.cdc.name);
});
