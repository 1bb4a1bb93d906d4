import { runToEnd } from '../run-to-end.ts';

export interface AptOptions {
  /** Has the PATH on which apt-get is looked for. */
  readonly env: NodeJS.ProcessEnv;
  readonly isRoot: boolean;
  /** How long apt-get itself waits for locks: it does so for dpkg's, and for no other. */
  readonly lockTimeoutMs: number;
}

// Untranslated, for the patterns below. RUNLEVEL=1 keeps packages from starting servers of their own.
const ENVIRONMENT = ['DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'LC_ALL=C'];
const HELD =
  /Could not get lock \S*[^\s.](?:.{0,3}It is held by process \d+ \([^)]*\))?|locked by another process with pid \d+/u;
const INTERRUPTED = /dpkg was interrupted/u;

/** Brings packages with the lists that name them. Answers with who is in the way, if somebody holds one of apt's locks. */
export async function installByApt(packages: readonly string[], options: AptOptions): Promise<string | undefined> {
  const seconds = Math.max(1, Math.ceil(options.lockTimeoutMs / 1_000));
  const aptGet = ['apt-get', '-o', `DPkg::Lock::Timeout=${seconds}`, '-o', 'Acquire::Retries=3'];
  const install = [...aptGet, 'install', '--yes', '--no-install-recommends', ...packages];

  const stale = await failureOf([...aptGet, 'update'], options);
  const held = HELD.exec(stale)?.[0];
  if (held !== undefined) return held;
  // Lists that could not be had need not be those of these packages: only the installation tells.
  let failure = await failureOf(install, options);
  if (INTERRUPTED.test(failure)) {
    // Somebody pressed Ctrl-C in an earlier one. This is what apt says has to be run then.
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

/** What it said when it failed; empty when it did not. */
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
