import type { Command, Option } from 'commander';
import { LEVELS, SINK_TYPES } from '../../task/task.ts';

/** A flag that takes a value, by all its names. */
export interface ValueFlag {
  readonly names: readonly string[];
  /** The values that it may have, if there are only a few. */
  readonly choices: readonly string[];
  readonly isFile: boolean;
}

/** A command by its words, and the words and flags that may follow it. */
export interface Place {
  readonly path: readonly string[];
  readonly words: readonly string[];
  readonly flags: readonly string[];
  /** Those of the flags that take a value. */
  readonly valued: readonly ValueFlag[];
}

/** The API checks these values, so that the options themselves allow any. */
const KNOWN: Readonly<Record<string, readonly string[]>> = { '--level': LEVELS, '--sink-type': SINK_TYPES };

/** All commands but those that only scripts of shells call. */
export function placesOf(command: Command, path: readonly string[] = [], inherited: readonly Option[] = []): Place[] {
  const options = [...command.options, ...inherited];
  const commands = command.createHelp().visibleCommands(command);
  const place: Place = {
    path,
    words: [
      ...commands.map((each) => each.name()),
      ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    ],
    flags: [...new Set([...options.flatMap(({ long }) => long ?? []), '--help'])],
    valued: options.filter(({ required, optional }) => required || optional).map(valueFlag),
  };
  return [place, ...commands.flatMap((each) => placesOf(each, [...path, each.name()], options))];
}

const valueFlag = ({ long, short, argChoices, flags }: Option): ValueFlag => ({
  names: [long, short].flatMap((name) => name ?? []),
  choices: argChoices ?? KNOWN[long ?? ''] ?? [],
  isFile: flags.endsWith('<file>'),
});
