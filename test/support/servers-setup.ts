import type { TestProject } from 'vitest/node';
import { startServers } from './start-servers.ts';

/** Starts the servers once for all test files of a run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running = await startServers();
  const { sourceUri, matrixoneSinkUri, mysqlSinkUri, mysqlSink, real } = running;
  project.provide('servers', { sourceUri, matrixoneSinkUri, mysqlSinkUri, mysqlSink, real });
  return () => running.stop();
}
