import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { install, type InstallOptions, type Requirement } from '../../../localstack/installing/install.ts';
import { fakeApt, type FakeApt } from '../../support/fake-apt.ts';

let dir: string;
let apt: FakeApt;
let told: string[];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'install-'));
  apt = await fakeApt(dir);
  told = [];
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const options = (more: Partial<InstallOptions> = {}): InstallOptions => ({
  env: { PATH: `${apt.bin}:/usr/bin:/bin` },
  isRoot: true,
  patienceMs: 20_000,
  pauseMs: 10,
  tell: (line) => told.push(line),
  ...more,
});

const needed = (name: string): Requirement => ({
  packages: [name],
  isThere: () => Promise.resolve(existsSync(apt.installed(name))),
});

const calls = async (): Promise<string[]> => (await readFile(apt.log, 'utf8').catch(() => '')).split('\n').slice(0, -1);

describe('what is installed on demand', () => {
  it('comes by one call of apt-get, and by none where it is there', async () => {
    await install([needed('a'), needed('b')], options());
    await install([needed('a'), needed('b')], options());
    expect(await calls()).toEqual(['update', expect.stringMatching(/^install .* a b$/u)]);
  });

  it('comes to everybody who wants it at the same time, in one process', async () => {
    const wants = fc.array(fc.subarray(['a', 'b', 'c'], { minLength: 1 }), { minLength: 2, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(wants, async (all) => {
        await Promise.all(['a', 'b', 'c'].map((name) => rm(apt.installed(name), { force: true })));
        await Promise.all(
          all.map(async (names) => {
            await install(names.map(needed), options());
            expect(names.filter((name) => !existsSync(apt.installed(name)))).toEqual([]);
          }),
        );
      }),
      { numRuns: 5 },
    );
  }, 60_000);

  it('comes to several processes at the same time, to some of them by sudo', async () => {
    const module = pathToFileURL(path.join(import.meta.dirname, '../../../localstack/installing/install.ts')).href;
    const script = (isRoot: boolean): string => `
      import { existsSync } from 'node:fs';
      import { install } from ${JSON.stringify(module)};
      const isThere = () => Promise.resolve(existsSync(${JSON.stringify(apt.installed('a'))}));
      const options = { env: process.env, isRoot: ${String(isRoot)}, patienceMs: 20000, pauseMs: 10, tell: console.error };
      await install([{ packages: ['a'], isThere }], options);`;
    const codes = await Promise.all(
      [true, false, true, false].map(async (isRoot) => {
        const env = { PATH: options().env['PATH'], ...(isRoot ? {} : { NEEDS_ROOT: '1' }) };
        const child = spawn(process.execPath, ['--input-type=module', '--eval', script(isRoot)], {
          env,
          stdio: 'ignore',
        });
        await once(child, 'exit');
        return child.exitCode;
      }),
    );
    expect(codes).toEqual([0, 0, 0, 0]);
  }, 30_000);

  it('waits for somebody else who updates the lists, and says for whom', async () => {
    await mkdir(apt.listsLock);
    const installing = install([needed('a')], options());
    await expect.poll(() => told.at(-1)).toContain('It is held by process 4711 (apt-get)');
    await rmdir(apt.listsLock);
    await installing;
    expect(told).toHaveLength(2);
  });

  it('is not installed again where somebody else has brought it meanwhile', async () => {
    await mkdir(apt.listsLock);
    const installing = install([needed('a')], options());
    await expect.poll(() => told).toHaveLength(2);
    await writeFile(apt.installed('a'), '');
    await installing;
    expect(await calls()).toEqual([]);
  });

  it('is given up where the lock is held for too long', async () => {
    await mkdir(apt.listsLock);
    await expect(install([needed('a')], options({ patienceMs: 200 }))).rejects.toThrow(
      /others install packages and do not end.*process 4711/u,
    );
  });

  it('says what to do by hand where there is neither root nor sudo', async () => {
    await writeFile(path.join(dir, 'no-sudo'), '');
    const refused = install([needed('a')], options({ isRoot: false }));
    await expect(refused).rejects.toThrow(/apt-get install --no-install-recommends a\n[^]*a terminal is required/u);
  });

  it('goes on where an earlier one was interrupted', async () => {
    await writeFile(path.join(dir, 'broken'), "E: dpkg was interrupted, you must manually run 'dpkg --configure -a'\n");
    await install([needed('a')], options());
    expect(await calls()).toEqual(['dpkg --configure -a', expect.stringMatching(/^install .* a$/u)]);
  });

  it('fails with what apt-get said where it is not to be had', async () => {
    await writeFile(path.join(dir, 'broken'), 'E: Unable to locate package a\n');
    await expect(install([needed('a')], options())).rejects.toThrow(/Unable to locate package a/u);
  });
});
