import type { Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A command by its words, and the words and flags that may follow it. */
interface Place {
  readonly path: readonly string[];
  readonly words: readonly string[];
  readonly flags: readonly string[];
}

/** A shell script that completes commands and flags. mo_cdc's `completion` prints such a script, too. */
export function completion(program: Command, shell: Shell): string {
  const places = placesOf(program, [], []);
  switch (shell) {
    case 'bash':
      return bash(program.name(), places);
    case 'zsh':
      return `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bash(program.name(), places)}`;
    case 'fish':
      return fish(program.name(), places);
  }
}

function placesOf(command: Command, path: readonly string[], inherited: readonly string[]): Place[] {
  const flags = [...command.options.flatMap(({ long }) => long ?? []), ...inherited];
  const place = { path, words: command.commands.map((each) => each.name()), flags: [...new Set([...flags, '--help'])] };
  return [place, ...command.commands.flatMap((each) => placesOf(each, [...path, each.name()], flags))];
}

/**
 * The script looks for the command among all words typed before. Values of flags are among them, so it matches the
 * longest command first.
 */
function bash(name: string, places: readonly Place[]): string {
  const byLength = places.toSorted((a, b) => b.path.length - a.path.length);
  const cases = byLength.map(({ path, words, flags }) => {
    const pattern = path.length === 0 ? '*' : `*" ${path.join(' ')} "*`;
    return `    ${pattern}) words="${[...words, ...flags].join(' ')}" ;;`;
  });
  return [
    `_${name}() {`,
    '  local word path=" " words=""',
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    '    case "$word" in -*) ;; *) path="$path$word " ;; esac',
    '  done',
    '  case "$path" in',
    ...cases,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))',
    '}',
    `complete -o default -F _${name} ${name}`,
  ].join('\n');
}

function fish(name: string, places: readonly Place[]): string {
  const lines = places.flatMap(({ path, words, flags }) => {
    const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`);
    const open = words.length === 0 ? [] : [`not __fish_seen_subcommand_from ${words.join(' ')}`];
    const when = `complete -c ${name} -n '${[...seen, ...open].join('; and ')}'`;
    return [...words.map((word) => `${when} -f -a ${word}`), ...flags.map((flag) => `${when} -l ${flag.slice(2)}`)];
  });
  return lines.join('\n');
}
