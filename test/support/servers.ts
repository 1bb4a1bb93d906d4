import { inject } from 'vitest';
import { startServers, type RunningServers, type ServerUris } from './start-servers.ts';

export type TestServers = RunningServers;

declare module 'vitest' {
  export interface ProvidedContext {
    servers: ServerUris | undefined;
  }
}

/** The servers of this test run (see servers-setup.ts). Outside of a run, starts servers of its own. */
export async function testServers(): Promise<TestServers> {
  const started = inject('servers');
  return started === undefined ? await startServers() : { ...started, stop: () => Promise.resolve() };
}
