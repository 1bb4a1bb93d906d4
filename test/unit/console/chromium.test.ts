import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { chromiumBrowser, openChromium } from '../../support/console/chromium.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'chromium-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function program(name: string, script: string): Promise<void> {
  await writeFile(path.join(dir, name), `#!/bin/sh\n${script}\n`);
  await chmod(path.join(dir, name), 0o755);
}
const isThere = (): Promise<boolean> => chromiumBrowser({ PATH: dir }).isThere();

it('Chromium is there once it says its version', async () => {
  expect(await isThere()).toBe(false);
  await program('chromium', 'echo libnss3.so: cannot open shared object file >&2; exit 127');
  expect(await isThere()).toBe(false);
  await program('chromium', 'echo Chromium 1');
  expect(await isThere()).toBe(true);
});

it('Chrome will do where there is no Chromium', async () => {
  await program('google-chrome', 'echo Google Chrome 1');
  expect(await isThere()).toBe(true);
});

it('is the one that CHROMIUM names, and nothing is installed then', async () => {
  const env = { PATH: dir, CHROMIUM: path.join(dir, 'none') };
  expect(await chromiumBrowser(env).isThere()).toBe(true);
  await expect(openChromium(env)).rejects.toThrow('none is no browser');
});
