import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ConnectOptions } from '../../../lib/cli/client/connect.ts';
import { createProgram } from '../../../lib/cli/program.ts';

const ignore = (): void => undefined;

/** The stage and region that a command line leads to. */
async function chosen(...args: string[]) {
  let found: ConnectOptions | undefined;
  const note = (options: ConnectOptions): Promise<void> => Promise.resolve(void (found = options));
  await createProgram(note, { out: ignore, error: ignore }, note).parseAsync(args, { from: 'user' });
  return [found?.stage, found?.region];
}

beforeEach(() => {
  vi.stubEnv('MO_CDC_STAGE', undefined);
  vi.stubEnv('MO_CDC_REGION', undefined);
});
afterEach(() => vi.unstubAllEnvs());

it.each([[['task', 'list']], [['leftovers']]])(
  'stage and region come from flags, else the environment: %j',
  async (command) => {
    expect(await chosen(...command)).toEqual(['dev', undefined]);
    vi.stubEnv('MO_CDC_STAGE', 'prod');
    vi.stubEnv('MO_CDC_REGION', 'eu-central-1');
    expect(await chosen(...command)).toEqual(['prod', 'eu-central-1']);
    expect(await chosen('--stage', 'test', '--region', 'us-east-1', ...command)).toEqual(['test', 'us-east-1']);
  },
);

it('an empty variable is none', async () => {
  vi.stubEnv('MO_CDC_STAGE', '');
  vi.stubEnv('MO_CDC_REGION', '');
  expect(await chosen('task', 'list')).toEqual(['dev', undefined]);
});
