import type { Command } from 'commander';
import { bash, fish, powershell } from './shell-scripts.ts';
import { type Place, placesOf } from './places.ts';

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/** A shell script that completes commands, flags and names of tasks. */
export function completion(program: Command, shell: Shell): string {
  const name = program.name();
  const places: readonly Place[] = placesOf(program);
  switch (shell) {
    case 'bash':
      return bash(name, places);
    case 'zsh':
      return `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bash(name, places)}`;
    case 'fish':
      return fish(name, places);
    case 'powershell':
      return powershell(name, places);
  }
}
