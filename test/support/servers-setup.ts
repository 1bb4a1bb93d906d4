import type { TestProject } from 'vitest/node';
import { startServers } from './start-servers.ts';

/** Starts the servers once for all test files of a run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { sourceUri, matrixoneSinkUri, mysqlSinkUri, real, ...running } = await startServers();
  project.provide('servers', { sourceUri, matrixoneSinkUri, mysqlSinkUri, real });
  return () => running.stop();
}
