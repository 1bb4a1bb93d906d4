import type { TestProject } from 'vitest/node';
import { startServers } from './start-servers.ts';

/** Starts the servers once for all test files of a run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stop, ...uris } = await startServers();
  project.provide('servers', uris);
  return stop;
}
