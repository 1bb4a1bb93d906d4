import { runToEnd } from '../run-to-end.ts';

export interface AptOptions {
  /** Its PATH is used to find apt-get. */
  readonly env: NodeJS.ProcessEnv;
  readonly isRoot: boolean;
  /** How long apt-get itself waits for dpkg's locks. It waits for no other locks. */
  readonly lockTimeoutMs: number;
}

// The patterns below need untranslated messages. RUNLEVEL=1 keeps packages from starting their servers.
const ENVIRONMENT = ['DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'LC_ALL=C'];
const HELD =
  /Could not get lock \S*[^\s.](?:.{0,3}It is held by process \d+ \([^)]*\))?|locked by another process with pid \d+/u;
const INTERRUPTED = /dpkg was interrupted/u;

/** Updates apt's lists and installs packages. If somebody holds one of apt's locks, returns who does. */
export async function installByApt(packages: readonly string[], options: AptOptions): Promise<string | undefined> {
  const seconds = Math.max(1, Math.ceil(options.lockTimeoutMs / 1_000));
  const aptGet = ['apt-get', '-o', `DPkg::Lock::Timeout=${seconds}`, '-o', 'Acquire::Retries=3'];
  const install = [...aptGet, 'install', '--yes', '--no-install-recommends', ...packages];

  const stale = await failureOf([...aptGet, 'update'], options);
  const held = HELD.exec(stale)?.[0];
  if (held !== undefined) return held;
  // The lists that could not be read may not matter for these packages. Only the installation tells.
  let failure = await failureOf(install, options);
  if (INTERRUPTED.test(failure)) {
    // Somebody interrupted an earlier installation. Then apt says to run this.
    await failureOf(['dpkg', '--configure', '-a'], options);
    failure = await failureOf(install, options);
  }
  if (failure === '') return undefined;
  const holder = HELD.exec(failure)?.[0];
  if (holder !== undefined) return holder;
  throw new Error(`${byHand(packages)}\n${stale}${failure}`);
}

const byHand = (packages: readonly string[]): string =>
  `${packages.join(', ')} could not be installed. On Debian and Ubuntu, root does it by
  apt-get update && apt-get install --no-install-recommends ${packages.join(' ')}
elsewhere, install what these stand for by hand. What was tried:`;

/** Runs a command. Returns its output if it failed; empty if it succeeded. */
async function failureOf(command: readonly string[], { env, isRoot }: AptOptions): Promise<string> {
  const program = isRoot ? 'env' : 'sudo';
  const args = [...(isRoot ? [] : ['env']), ...ENVIRONMENT, ...command];
  try {
    await runToEnd(program, args, env);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
