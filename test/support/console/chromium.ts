import { type Browser, chromium } from 'playwright-core';
import { install, type Requirement } from '../../../localstack/installing/install.ts';
import { runToEnd } from '../../../localstack/run-to-end.ts';

/** Names another browser of the same kind. */
const CHOICE = 'CHROMIUM';
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The first of these programs that says its version: dpkg writes the program before its libraries. */
async function find(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const choice = env[CHOICE] ?? '';
  for (const name of choice === '' ? NAMES : [choice]) {
    const works = await runToEnd(name, ['--version'], env).then(
      () => true,
      () => false,
    );
    if (works) return name;
  }
  return undefined;
}

/** Debian's browser: Playwright's own builds would have to be downloaded from elsewhere. */
export const chromiumBrowser = (env = process.env): Requirement => ({
  packages: ['chromium'],
  isThere: async () => (env[CHOICE] ?? '') !== '' || (await find(env)) !== undefined,
});

/** Starts it. Root may not use its sandbox, and tests open only pages of their own. */
export async function openChromium(env = process.env): Promise<Browser> {
  await install([chromiumBrowser(env)]);
  const name = await find(env);
  if (name === undefined) throw new Error(`${env[CHOICE] ?? ''} is no browser that can be started.`);
  const path = name.includes('/') ? name : (await runToEnd('sh', ['-c', `command -v ${name}`], env)).trim();
  return chromium.launch({
    executablePath: path,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
}
