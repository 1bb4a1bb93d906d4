import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Programs of a made-up Debian, to be put on a PATH: `apt-get` that holds its locks as the real one does, and `sudo`. */
export interface FakeApt {
  readonly bin: string;
  /** `apt-get update` and others are refused while it is there. */
  readonly listsLock: string;
  /** A line for each call that got the lock: `update` or `install <packages>`. */
  readonly log: string;
  /** What the packages bring. */
  readonly installed: (name: string) => string;
}

/** Refuses by the words of apt 2.6 (Debian 12) where another has the lock, else takes its time. */
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
