import type { Place, ValueFlag } from './places.ts';

/** The flag whose values are the names of tasks. */
const NAMING = '--task-name';
/** The command that prints these names. Its arguments are the words typed before, which may name the API. */
export const NAMES_COMMAND = 'complete';

/** The longest command first: `task` is the beginning of `task show`. */
const byLength = (places: readonly Place[]): Place[] => places.toSorted((a, b) => b.path.length - a.path.length);

/** All flags that take a value, whatever the command: the word after one of them is no command. */
const valuedFlags = (places: readonly Place[]): string[] => [
  ...new Set(places.flatMap(({ valued }) => valued.flatMap(({ names }) => names))),
];

/**
 * Names of tasks are compared here and not by compgen, which would run a command that a name holds. They are quoted for
 * the same reason. The shell splits `--task-name=x` into three words. Where there are no words to offer, bash offers
 * files.
 */
export function bash(name: string, places: readonly Place[]): string {
  const cases = byLength(places).map(({ path, words, flags, valued }) => {
    const pattern = path.length === 0 ? '*' : `" ${path.join(' ')} "*`;
    const values = valued
      .filter(({ choices }) => choices.length > 0)
      .map(({ names, choices }) => `${names.join('|')}) values="${choices.join(' ')}" ;; `);
    const choice = values.length === 0 ? '' : ` case "$flag" in ${values.join('')}esac ;`;
    return `    ${pattern}) words="${[...words, ...flags].join(' ')}" ;${choice};`;
  });
  return [
    `_${name}() {`,
    '  local word path=" " words="" values="" awaited="" current="${COMP_WORDS[COMP_CWORD]}" flag="${COMP_WORDS[COMP_CWORD-1]}"',
    '  [ "$flag" = "=" ] && flag="${COMP_WORDS[COMP_CWORD-2]}"',
    '  [ "$current" = "=" ] && current=""',
    `  if [ "$flag" = "${NAMING}" ]; then`,
    '    COMPREPLY=()',
    '    while IFS= read -r word; do',
    '      case "$word" in "$current"*) COMPREPLY+=("$(printf \'%q\' "$word")") ;; esac',
    `    done < <(${name} ${NAMES_COMMAND} -- "\${COMP_WORDS[@]:1:$((COMP_CWORD-1))}" 2>/dev/null)`,
    '    return',
    '  fi',
    '  for word in "${COMP_WORDS[@]:1:$((COMP_CWORD-1))}"; do',
    '    if [ "$word" = "=" ]; then awaited=1; continue; fi',
    '    if [ -n "$awaited" ]; then awaited=""; continue; fi',
    '    case "$word" in',
    `      ${valuedFlags(places).join('|')}) awaited=1 ;;`,
    '      -*) ;;',
    '      *) path="$path$word " ;;',
    '    esac',
    '  done',
    '  case "$path" in',
    ...cases,
    '  esac',
    '  [ "${COMP_WORDS[COMP_CWORD]}" = "=" ] && awaited=1',
    '  [ -n "$awaited" ] && words="$values"',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    `complete -o default -F _${name} ${name}`,
  ].join('\n');
}

/** Fish itself knows which flag a value belongs to. The function says whether the line is that of a command. */
export function fish(name: string, places: readonly Place[]): string {
  const names = `(${name} ${NAMES_COMMAND} -- (commandline -opc)[2..-1] 2>/dev/null)`;
  const lines = places.flatMap(({ path, words, flags, valued }) => {
    const when = `complete -c ${name} -n '__${name}_at "${path.join(' ')}"'`;
    return [
      ...words.map((word) => `${when} -a ${word}`),
      ...flags.map((flag) => {
        const value = valued.find((each) => each.names.includes(flag));
        return `${when} ${spelt(value?.names ?? [flag])}${value === undefined ? '' : valueOf(value, names)}`;
      }),
    ];
  });
  return [
    `function __${name}_at`,
    "    set -l path ' '",
    '    set -l awaited',
    '    for word in (commandline -opc)[2..-1]',
    '        if set -q awaited[1]',
    '            set awaited',
    '            continue',
    '        end',
    '        switch $word',
    `            case ${valuedFlags(places).join(' ')}`,
    '                set awaited yes',
    "            case '-*'",
    "            case '*'",
    '                set path "$path$word "',
    '        end',
    '    end',
    `    for place in ${byLength(places)
      .map(({ path }) => `'${path.join(' ')}'`)
      .join(' ')}`,
    '        if test -z "$place"; or string match -q -- " $place *" $path',
    '            test "$place" = "$argv[1]"',
    '            return',
    '        end',
    '    end',
    'end',
    // No files, apart from flags that name one.
    `complete -c ${name} -f`,
    ...lines,
  ].join('\n');
}

const spelt = (names: readonly string[]): string =>
  names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)).join(' ');

function valueOf({ names, choices, isFile }: ValueFlag, taskNames: string): string {
  if (names.includes(NAMING)) return ` -x -a '${taskNames}'`;
  if (isFile) return ' -r -F';
  return choices.length === 0 ? ' -x' : ` -x -a '${choices.join(' ')}'`;
}

export function powershell(name: string, places: readonly Place[]): string {
  const table = byLength(places).map(
    ({ path, words, flags }) => `        '${path.join(' ')}' = '${[...words, ...flags].join(' ')}'`,
  );
  const values = places.flatMap(({ path, valued }) =>
    valued.flatMap(({ names, choices }) =>
      choices.length === 0 ? [] : names.map((flag) => `        '${path.join(' ')} ${flag}' = '${choices.join(' ')}'`),
    ),
  );
  return [
    `Register-ArgumentCompleter -Native -CommandName ${name} -ScriptBlock {`,
    '    param($word, $line, $cursor)',
    '    $places = [ordered]@{',
    ...table,
    '    }',
    '    $values = @{',
    ...values,
    '    }',
    `    $valued = @(${valuedFlags(places)
      .map((flag) => `'${flag}'`)
      .join(', ')})`,
    '    $before = $line.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursor }',
    '    $typed = @($before | ForEach-Object { $_.ToString() })',
    "    $path = ' '",
    "    $awaited = ''",
    '    foreach ($each in $typed) {',
    "        if ($awaited) { $awaited = '' }",
    '        elseif ($valued -ccontains $each) { $awaited = $each }',
    '        elseif (-not $each.StartsWith(\'-\')) { $path += "$each " }',
    '    }',
    '    $place = $places.Keys | Where-Object { $_ -eq \'\' -or $path.StartsWith(" $_ ") } | Select-Object -First 1',
    `    if ($awaited -eq '${NAMING}') {`,
    `        $found = @(& ${name} ${NAMES_COMMAND} '--' @typed 2>$null)`,
    '    } elseif ($awaited) {',
    '        $found = $values["$place $awaited"] -split \' \'',
    '    } else {',
    "        $found = $places[$place] -split ' '",
    '    }',
    '    $found | Where-Object { $_ -and $_.StartsWith($word) } | ForEach-Object {',
    '        $text = if ($_ -match \'^[\\w.-]+$\') { $_ } else { "\'" + $_.Replace("\'", "\'\'") + "\'" }',
    "        [System.Management.Automation.CompletionResult]::new($text, $_, 'ParameterValue', $_)",
    '    }',
    '}',
  ].join('\n');
}
