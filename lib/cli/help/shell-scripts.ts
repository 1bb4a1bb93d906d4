import type { Place } from './places.ts';

/** The flag whose values are the names of tasks. */
const NAMING = '--task-name';
/** The command that prints these names. Its arguments are the words typed before, which may name the API. */
export const NAMES_COMMAND = 'complete';

/** Values of flags are among the words typed before, so scripts match the longest command first. */
const byLength = (places: readonly Place[]): Place[] => places.toSorted((a, b) => b.path.length - a.path.length);

/**
 * Names of tasks are compared here and not by compgen, which would run a command that a name holds. They are quoted for
 * the same reason. The shell splits `--task-name=x` into three words.
 */
export function bash(name: string, places: readonly Place[]): string {
  const cases = byLength(places).map(({ path, words, flags }) => {
    const pattern = path.length === 0 ? '*' : `*" ${path.join(' ')} "*`;
    return `    ${pattern}) words="${[...words, ...flags].join(' ')}" ;;`;
  });
  return [
    `_${name}() {`,
    '  local word path=" " words="" current="${COMP_WORDS[COMP_CWORD]}" flag="${COMP_WORDS[COMP_CWORD-1]}"',
    '  [ "$flag" = "=" ] && flag="${COMP_WORDS[COMP_CWORD-2]}"',
    '  [ "$current" = "=" ] && current=""',
    `  if [ "$flag" = "${NAMING}" ]; then`,
    '    COMPREPLY=()',
    '    while IFS= read -r word; do',
    '      case "$word" in "$current"*) COMPREPLY+=("$(printf \'%q\' "$word")") ;; esac',
    `    done < <(${name} ${NAMES_COMMAND} -- "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)`,
    '    return',
    '  fi',
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    '    case "$word" in -*) ;; *) path="$path$word " ;; esac',
    '  done',
    '  case "$path" in',
    ...cases,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    `complete -o default -F _${name} ${name}`,
  ].join('\n');
}

export function fish(name: string, places: readonly Place[]): string {
  const names = `(${name} ${NAMES_COMMAND} -- (commandline -opc)[2..-1] 2>/dev/null)`;
  const lines = places.flatMap(({ path, words, flags }) => {
    const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`);
    const open = words.length === 0 ? [] : [`not __fish_seen_subcommand_from ${words.join(' ')}`];
    const when = `complete -c ${name} -n '${[...seen, ...open].join('; and ')}'`;
    return [
      ...words.map((word) => `${when} -f -a ${word}`),
      ...flags.map((flag) => `${when} -l ${flag.slice(2)}${flag === NAMING ? ` -x -a '${names}'` : ''}`),
    ];
  });
  return lines.join('\n');
}

export function powershell(name: string, places: readonly Place[]): string {
  const table = byLength(places).map(
    ({ path, words, flags }) => `        '${path.join(' ')}' = '${[...words, ...flags].join(' ')}'`,
  );
  return [
    `Register-ArgumentCompleter -Native -CommandName ${name} -ScriptBlock {`,
    '    param($word, $line, $cursor)',
    '    $places = [ordered]@{',
    ...table,
    '    }',
    '    $before = $line.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursor }',
    '    $typed = @($before | ForEach-Object { $_.ToString() })',
    `    if ($typed.Count -gt 0 -and $typed[-1] -eq '${NAMING}') {`,
    `        $found = @(& ${name} ${NAMES_COMMAND} '--' @typed 2>$null)`,
    '    } else {',
    "        $path = ' ' + (@($typed | Where-Object { -not $_.StartsWith('-') }) -join ' ') + ' '",
    '        $place = $places.Keys | Where-Object { $_ -eq \'\' -or $path.Contains(" $_ ") } | Select-Object -First 1',
    "        $found = $places[$place] -split ' '",
    '    }',
    '    $found | Where-Object { $_.StartsWith($word) } | ForEach-Object {',
    '        $text = if ($_ -match \'^[\\w.-]+$\') { $_ } else { "\'" + $_.Replace("\'", "\'\'") + "\'" }',
    "        [System.Management.Automation.CompletionResult]::new($text, $_, 'ParameterValue', $_)",
    '    }',
    '}',
  ].join('\n');
}
