import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Programs of an invented Debian for a PATH: `sudo`, and an `apt-get` that holds its locks as the real one does. */
export interface FakeApt {
  readonly bin: string;
  /** While this file exists, `apt-get update` and others are refused. */
  readonly listsLock: string;
  /** One line for each call that got the lock: `update` or `install <packages>`. */
  readonly log: string;
  /** The path of a program that the packages install. */
  readonly installed: (name: string) => string;
}

/**
 * If another process has the lock, refuses with the message of apt 2.6 (Debian 12). Otherwise it takes a while and
 * ends.
 */
const aptGet = (dir: string): string => `#!/bin/sh
[ "$LC_ALL$DEBIAN_FRONTEND" = Cnoninteractive ] || exit 3
[ -z "$NEEDS_ROOT" ] || [ -n "$AS_ROOT" ] || { echo 'E: are you root?' >&2; exit 100; }
while [ "$1" = -o ]; do shift 2; done
case $1 in update) lock=${dir}/lists.lock;; *) lock=${dir}/dpkg.lock;; esac
until mkdir $lock 2>/dev/null; do
  # What apt waits for itself is dpkg's lock alone.
  [ $1 = install ] && { sleep 0.02; continue; }
  printf 'E: Could not get lock %s. It is held by process 4711 (apt-get)\\nE: Unable to lock directory ${dir}\\n' $lock >&2
  exit 100
done
sleep 0.1
[ ! -e ${dir}/broken ] || { cat ${dir}/broken >&2; rmdir $lock; exit 100; }
echo "$@" >> ${dir}/log
[ $1 = update ] || for name in "$@"; do : > ${dir}/installed-$name; done
rmdir $lock
`;

const sudo = (dir: string): string => `#!/bin/sh
[ ! -e ${dir}/no-sudo ] || { echo 'sudo: a terminal is required to read the password' >&2; exit 1; }
AS_ROOT=1 exec "$@"
`;

const dpkg = (dir: string): string => `#!/bin/sh
echo "dpkg $*" >> ${dir}/log
rm -f ${dir}/broken
`;

export async function fakeApt(dir: string): Promise<FakeApt> {
  const bin = path.join(dir, 'bin');
  await mkdir(bin, { recursive: true });
  for (const [name, script] of Object.entries({ 'apt-get': aptGet(dir), sudo: sudo(dir), dpkg: dpkg(dir) })) {
    await writeFile(path.join(bin, name), script);
    await chmod(path.join(bin, name), 0o755);
  }
  return {
    bin,
    listsLock: path.join(dir, 'lists.lock'),
    log: path.join(dir, 'log'),
    installed: (name) => path.join(dir, `installed-${name}`),
  };
}
