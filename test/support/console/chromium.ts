import { type Browser, chromium } from 'playwright-core';
import { install, type Requirement } from '../../../localstack/installing/install.ts';
import { runToEnd } from '../../../localstack/run-to-end.ts';

/** Debian's browser. It has no licence or download of its own, as Playwright's builds have. */
export const chromiumBrowser = (env = process.env): Requirement => ({
  packages: ['chromium'],
  // It answers only once dpkg has written all of its files.
  isThere: async () =>
    await runToEnd('chromium', ['--version'], env).then(
      () => true,
      () => false,
    ),
});

/** Starts it. Root may not use its sandbox, and tests open only pages of their own. */
export async function openChromium(): Promise<Browser> {
  await install([chromiumBrowser()]);
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
}
