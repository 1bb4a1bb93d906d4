import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { RULES } from '../../../lib/deployment/parameters.ts';
import { openApiDocument } from '../../../lib/http/openapi.ts';
import { outputOf } from '../../support/output-of.ts';

const REDOCLY = path.resolve('node_modules/@redocly/cli/bin/cli.js');
const report = z.object({ problems: z.array(z.object({ severity: z.string(), ruleId: z.string() })) });

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'openapi-'));
});
afterAll(() => rm(dir, { recursive: true }));

/** What Redocly's recommended rules have against a document. */
async function problems(document: object): Promise<string[]> {
  const file = path.join(dir, 'openapi.json');
  await writeFile(file, JSON.stringify(document));
  const lint = [REDOCLY, 'lint', file, '--extends', 'recommended', '--format', 'json'];
  const env = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const { stdout } = await outputOf(process.execPath, lint, env);
  return report.parse(JSON.parse(stdout)).problems.map(({ severity, ruleId }) => `${severity} ${ruleId}`);
}

it('the linter has nothing against the contract, and would say so if it had', async () => {
  const document = openApiDocument();
  expect(await problems(document)).toStrictEqual([]);
  const worse = { ...document, servers: [], security: undefined, info: { title: 'x', version: '1' } };
  expect(await problems(worse)).toEqual(
    expect.arrayContaining(['error no-empty-servers', 'error security-defined', 'warn info-license']),
  );
});

it('every operation has a tag, says how it refuses, and is for callers who prove who they are', () => {
  const { paths, security, components } = openApiDocument();
  const operations = Object.values(paths).flatMap((path) => Object.values(path) as Record<string, unknown>[]);
  expect(operations.length).toBeGreaterThan(10);
  for (const { operationId, tags, responses, security: own } of operations) {
    expect(tags, String(operationId)).toHaveLength(1);
    expect(responses, String(operationId)).toHaveProperty('4XX');
    expect(own, String(operationId)).toStrictEqual(operationId === 'health' ? [] : undefined);
  }
  const schemes = Object.keys(components.securitySchemes);
  expect(security.flatMap((scheme) => Object.keys(scheme))).toStrictEqual(schemes);
  for (const scheme of schemes) expect(RULES.auth.allows(scheme)).toBe(true);
});
