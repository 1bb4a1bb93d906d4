import type { Command } from 'commander';

/** A command by its words, and the words and flags that may follow it. */
export interface Place {
  readonly path: readonly string[];
  readonly words: readonly string[];
  readonly flags: readonly string[];
}

/** All commands but those that only scripts of shells call. */
export function placesOf(command: Command, path: readonly string[] = [], inherited: readonly string[] = []): Place[] {
  const flags = [...command.options.flatMap(({ long }) => long ?? []), ...inherited];
  const commands = command.createHelp().visibleCommands(command);
  const place = { path, words: commands.map((each) => each.name()), flags: [...new Set([...flags, '--help'])] };
  return [place, ...commands.flatMap((each) => placesOf(each, [...path, each.name()], flags))];
}
