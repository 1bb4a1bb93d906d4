import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findMariaDb, mariaDb } from '../../../localstack/installing/mariadb-programs.ts';
import { installMiniStack, MINISTACK } from '../../../localstack/installing/ministack-environment.ts';
import { pythonEnvironments } from '../../../localstack/installing/python-environment.ts';
import { fakeApt } from '../../support/fake-apt.ts';

let dir: string;
let bin: string;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'requirements-'));
  ({ bin } = await fakeApt(dir));
  env = { PATH: `${bin}:/usr/bin:/bin`, XDG_CACHE_HOME: path.join(dir, 'cache') };
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true, force: true });
});

async function program(name: string, script = ''): Promise<void> {
  await writeFile(path.join(bin, name), `#!/bin/sh\n${script}\n`);
  await chmod(path.join(bin, name), 0o755);
}

describe('MariaDB', () => {
  const isThere = (): Promise<boolean> => mariaDb(env, [bin]).isThere();
  const installed = (...states: string[]): Promise<void> =>
    program('dpkg-query', `printf '${states.join(String.raw`\n`)}\n'`);

  it('is there with both of its programs', async () => {
    await installed('installed', 'not-installed');
    await program('mariadbd');
    expect(await isThere()).toBe(false);
    await program('mariadb-install-db');
    expect(await isThere()).toBe(true);
  });

  it.each(['unpacked', 'half-installed', 'half-configured'])(
    'is not there while dpkg has only got as far as: %s',
    async (state) => {
      await program('mariadbd');
      await program('mariadb-install-db');
      await installed('not-installed', state, 'installed');
      expect(await isThere()).toBe(false);
    },
  );

  it('is there where it has come without dpkg', async () => {
    await program('mariadbd');
    await program('mariadb-install-db');
    await program('dpkg-query', 'echo no packages found matching >&2; exit 1');
    expect(await isThere()).toBe(true);
  });

  it('is the one that MARIADB_PROGRAMS names, and nothing is installed then', async () => {
    vi.stubEnv('MARIADB_PROGRAMS', `${path.join(dir, 'none')}:${bin}`);
    await expect(findMariaDb()).rejects.toThrow(`not in ${path.join(dir, 'none')}:${bin}`);
    await program('mariadbd');
    await program('mariadb-install-db');
    expect(await findMariaDb()).toMatchObject({ server: path.join(bin, 'mariadbd') });
    expect(await mariaDb().isThere()).toBe(true);
  });

  it('is told where it lies, if it is an unpacked archive', async () => {
    vi.stubEnv('MARIADB_PROGRAMS', bin);
    await program('mariadbd');
    await program('mariadb-install-db');
    expect((await findMariaDb()).baseArgs).toEqual([]);
    await mkdir(path.join(dir, 'share'));
    expect((await findMariaDb()).baseArgs).toEqual([`--basedir=${dir}`]);
  });
});

describe('MiniStack', () => {
  /** A Python of Debian: environments can be made of it once its package is there. `pip` says how installations go. */
  const python = (version: string, pip = 'sleep 0.2'): Promise<void> =>
    program(
      'python3',
      `case "$2" in
      *version*) echo ${version};;
      *ensurepip*) [ -e ${dir}/installed-python3-venv ];;
      venv) mkdir -p $3/bin && printf '#!/bin/sh\n${pip}\n' > $3/bin/python && chmod +x $3/bin/python;;
    esac`,
    );

  it('is installed once, however many want it, with what Debian keeps apart', async () => {
    await python('3.11');
    const homes = await Promise.all(Array.from({ length: 4 }, () => installMiniStack(env)));
    expect(new Set(homes).size).toBe(1);
    expect(homes.every((home) => existsSync(home))).toBe(true);
    expect(await readdir(path.join(dir, 'cache', 'matrixone-cdc-serverless'))).toHaveLength(1);
    expect(await readFile(path.join(dir, 'log'), 'utf8')).toContain('python3-venv');
  });

  it('is another one for another Python', async () => {
    await python('3.11');
    const before = await installMiniStack(env);
    await python('3.13');
    expect(await installMiniStack(env)).not.toBe(before);
  });

  it('needs no package of the system once it is there', async () => {
    await python('3.11');
    await installMiniStack(env);
    await rm(path.join(dir, 'installed-python3-venv'));
    expect(await pythonEnvironments(MINISTACK, env).isThere()).toBe(true);
  });

  it('says what pip said, and leaves nothing behind', async () => {
    await mkdir(path.join(dir, 'cache'), { recursive: true });
    await python('3.11', 'echo no matching distribution >&2; exit 1');
    await expect(installMiniStack(env)).rejects.toThrow(/cannot be installed by pip[^]*no matching distribution/u);
    expect(await readdir(path.join(dir, 'cache', 'matrixone-cdc-serverless'))).toEqual([]);
  });
});
