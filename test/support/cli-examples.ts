import { type Command, CommanderError } from 'commander';
import { createProgram } from '../../lib/cli/program.ts';
import { refuseUnsupported } from '../../lib/cli/flags/unsupported-flags.ts';
import { readDoc } from './doc-files.ts';
import { blockLines, inlineCode, withoutBlocks } from './markdown.ts';

/** A command line in a page. */
export interface CliExample {
  readonly words: readonly string[];
  /**
   * True: the command can be typed as it is. False: the text only mentions a command, and may leave out required flags.
   */
  readonly whole: boolean;
}

/** `mo_cdc …` where a command may begin. Not if it is the name of a database, a file or another word. */
const COMMAND = /(?<![\w./-])(?:npx |\.\/)?mo_cdc (.*)$/u;

/** The words of a shell's line, up to the line's end, a comment, a pipe, a bracket or the next command. */
export function shellWords(line: string): string[] {
  const [command = ''] = /^(?:'[^']*'|"[^"]*"|(?<!\S)#.*|[^'"|;&>)])*/u.exec(line) ?? [];
  const parts = command.replace(/(?<!\S)#.*$/u, '').matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/gu);
  return [...parts].map(([word]) => word.replaceAll(/'([^']*)'|"([^"]*)"/gu, '$1$2'));
}

const example = (line: string, whole: boolean): CliExample[] => {
  const [, rest] = COMMAND.exec(line) ?? [];
  return rest === undefined ? [] : [{ words: shellWords(rest), whole }];
};

/** The command lines of a page: in blocks, in backticks, and in the middle of a sentence. */
export function cliExamples(page: string): CliExample[] {
  const prose = withoutBlocks(page).replaceAll(/`[^`]*`/gu, '');
  return [
    ...blockLines(page).flatMap((line) => example(line, true)),
    ...inlineCode(page).flatMap((code) => (code.includes('mo_cdc ') ? example(code, false) : [])),
    ...[...prose.matchAll(/\bmo_cdc (task \w+)/gu)].map(([, words = '']) => ({
      words: words.split(' '),
      whole: false,
    })),
  ];
}

/** The command line tool. It does nothing but complain. */
const programThat = (complain: (text: string) => void): Command =>
  createProgram(() => Promise.resolve(), { out: () => undefined, error: complain }, undefined, undefined, readDoc);

/** The flags of all commands. */
export function cliFlags(command = programThat(() => undefined)): string[] {
  const own = command.options.flatMap(({ long }) => long ?? []);
  return [...own, ...command.commands.flatMap((each) => cliFlags(each)), '--help'];
}

/** The tool's own complaint about the command line; undefined if it accepts it. Nothing is sent. */
export async function complaintAbout({ words, whole }: CliExample): Promise<string | undefined> {
  let said = '';
  const program = programThat((text) => (said += text));
  try {
    const args = whole ? words : completed(program, words);
    refuseUnsupported(args);
    await program.parseAsync(args, { from: 'user' });
    return undefined;
  } catch (error) {
    // The tool has printed its help.
    if (error instanceof CommanderError && error.exitCode === 0) return undefined;
    const text = said.trim() === '' ? String(error) : said.trim();
    return `mo_cdc ${words.join(' ')}: ${text}`;
  }
}

/** Adds the flags that the command requires, because a page need not repeat them each time it mentions the command. */
function completed(program: Command, words: readonly string[]): string[] {
  const command = words.reduce<Command>((at, word) => at.commands.find((each) => each.name() === word) ?? at, program);
  const given = (flag: string): boolean => words.some((word) => word === flag || word.startsWith(`${flag}=`));
  const named = command.options.some(({ long }) => long === '--task-name') && !given('--all');
  const wanted = command.options.filter(({ mandatory, long }) => mandatory || (named && long === '--task-name'));
  const missing = wanted.flatMap(({ long }) => (long === undefined || given(long) ? [] : [long, 'x']));
  return [...words, ...missing];
}
