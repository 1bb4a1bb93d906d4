import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAwsEndpoint } from '../lib/config.ts';
import { deploy } from './deploy.ts';
import { startHttpGateway } from './http-gateway.ts';

// `npm run stack:deploy`: deploys to an emulator of AWS that is running already, at AWS_ENDPOINT_URL.
const awsEndpoint = readAwsEndpoint() ?? 'http://127.0.0.1:4566';
const dir = await mkdtemp(join(tmpdir(), 'matrixone-cdc-deploy-'));
try {
  const { httpEndpoint, stackName, outputs } = await deploy({ dir, awsEndpoint });
  console.log(`Deployed ${stackName} to ${awsEndpoint}:\n${JSON.stringify(outputs, undefined, 2)}`);
  if (await answers(httpEndpoint)) console.log(`HTTP routes: ${httpEndpoint}`);
  else await serveRoutes(stackName);
} finally {
  await rm(dir, { recursive: true, force: true });
}

async function answers(endpoint: string): Promise<boolean> {
  const response = await fetch(`${endpoint}/health`).catch(() => undefined);
  return response?.status === 200;
}

/** Serves the routes until it is interrupted. */
async function serveRoutes(stackName: string): Promise<void> {
  const gateway = await startHttpGateway(awsEndpoint, stackName, 4567);
  console.log(`The emulator serves no HTTP APIs. HTTP routes until Ctrl-C: ${gateway.endpoint}`);
}
