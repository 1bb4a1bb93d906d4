import { setTimeout as delay } from 'node:timers/promises';
import { installByApt } from './apt.ts';

/** A program that must be on this machine before the stack starts. */
export interface Requirement {
  /** Its packages on Debian and Ubuntu. */
  readonly packages: readonly string[];
  /** True once all of it can be used. False while somebody is still installing it. */
  isThere(): Promise<boolean>;
}

export interface InstallOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly isRoot: boolean;
  /** Milliseconds to wait for others who install packages. */
  readonly patienceMs: number;
  readonly pauseMs: number;
  readonly tell: (line: string) => void;
}

export const onThisMachine = (env = process.env): InstallOptions => ({
  env,
  isRoot: process.getuid?.() === 0,
  patienceMs: 10 * 60_000,
  pauseMs: 1_000,
  tell: (line) => {
    process.stderr.write(`${line}\n`);
  },
});

/**
 * Installs everything that is missing at once. Other processes, ours and others', may install at the same time: apt
 * lets in one of them and refuses the others. It refuses those that update its lists at once, whatever its options say.
 * So wait here, and look again before each try: another process may have installed the programs meanwhile.
 */
export async function install(requirements: readonly Requirement[], options = onThisMachine()): Promise<void> {
  const end = Date.now() + options.patienceMs;
  let told = '';
  const tell = (line: string): void => {
    if (line !== told) options.tell(line);
    told = line;
  };
  for (let packages = await missing(requirements); packages.length > 0; packages = await missing(requirements)) {
    const left = end - Date.now();
    if (told === '') tell(`Installing ${packages.join(', ')} (apt-get${options.isRoot ? '' : ', by sudo'}) …`);
    const holder = await installByApt(packages, { ...options, lockTimeoutMs: left });
    if (holder === undefined) break;
    if (Date.now() > end) throw new Error(`${packages.join(', ')}: others install packages and do not end. ${holder}`);
    tell(`Waiting for others who install packages. ${holder}`);
    await delay(options.pauseMs);
  }
  const packages = await missing(requirements);
  if (packages.length > 0) throw new Error(`${packages.join(', ')}: installed, and yet what they bring is not found.`);
}

async function missing(requirements: readonly Requirement[]): Promise<string[]> {
  const there = await Promise.all(requirements.map((requirement) => requirement.isThere()));
  return [...new Set(requirements.flatMap(({ packages }, index) => (there[index] === true ? [] : packages)))];
}
