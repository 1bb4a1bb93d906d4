import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bash is everywhere: it has tests of its own. */
export type RealShell = 'fish' | 'zsh';

/** Why a test of the shell cannot run here; undefined if it can. */
export function whyNot(shell: RealShell): string | undefined {
  const { status } = spawnSync(shell, ['--version'], { stdio: 'ignore' });
  return status === 0 ? undefined : `There is no ${shell} on the PATH (Debian: apt-get install ${shell}).`;
}

const single = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Runs `work` in a home of its own, where the script lies in a file. */
function inHome<T>(script: string, work: (file: string, env: NodeJS.ProcessEnv) => T): T {
  const home = mkdtempSync(join(tmpdir(), 'mo-cdc-shell-'));
  try {
    const file = join(home, 'script');
    writeFileSync(file, script);
    return work(file, { PATH: process.env['PATH'], HOME: home, TERM: 'dumb', LC_ALL: 'C.UTF-8' });
  } finally {
    rmSync(home, { recursive: true });
  }
}

/** What fish offers at the end of each line; `mo_cdc complete` prints the given names. Descriptions are left out. */
export const offeredByFish = (script: string, lines: readonly string[], names: readonly string[] = []): string[][] =>
  inHome(script, (file, env) => {
    // Fish has only two escapes within single quotes.
    const quoted = (text: string): string => `'${text.replaceAll(/['\\]/gu, String.raw`\$&`)}'`;
    const printed = names.map(quoted).join(' ');
    const tool = `function mo_cdc; test "$argv[1..2]" = 'complete --'; and printf '%s\\n' ${printed}; end`;
    const asked = lines.map((line) => `complete -C ${quoted(line)}; echo ${END}`);
    const code = [tool, `source ${file}`, ...asked].join('\n');
    const out = execFileSync('fish', ['--no-config', '-c', code], { encoding: 'utf8', env, cwd: env['HOME'] });
    const answers = out.split(`${END}\n`).slice(0, lines.length);
    return answers.map((text) => text.split('\n').flatMap((each) => (each === '' ? [] : (each.split('\t')[0] ?? ''))));
  });

const END = '=end=';

/** The lines that zsh makes of lines once somebody has pressed the tab key at their ends. */
export const completedByZsh = (script: string, lines: readonly string[], names: readonly string[] = []): string[] =>
  inHome(script, (file, env) => {
    const home = env['HOME'] ?? '';
    const setup = [
      "PS1=''",
      `mo_cdc() { [ "$1 $2" = 'complete --' ] && print -rl -- ${names.map(single).join(' ')}; }`,
      'autoload -Uz compinit && compinit -u -D',
      `source ${file}`,
      // Control-T ends a line, whatever is in it, and Control-E ends all.
      'told() { print -r -- "$BUFFER" >> told; BUFFER="" }; ended() { exit }',
      "zle -N told; zle -N ended; bindkey '^T' told; bindkey '^E' ended",
      'print REA""DY',
    ];
    writeFileSync(join(home, 'setup'), setup.join('\n'));
    const code = [
      'zmodload zsh/zpty && zpty z zsh -f -i',
      'zpty -w z "source ./setup"',
      "zpty -r z out '*READY*'",
      `zpty -w -n z ${single(`${lines.map((line) => `${line}\t\u0014`).join('')}\u0005`)}`,
      'while zpty -r z out; do :; done',
    ];
    execFileSync('zsh', ['-f', '-c', code.join('\n')], { env, cwd: home, timeout: 20_000 });
    return readFileSync(join(home, 'told'), 'utf8').trimEnd().split('\n');
  });
