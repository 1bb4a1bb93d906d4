import { Argument, type Command } from 'commander';
import type { Machine, Runner } from './client/command-world.ts';
import { UsageError } from './client/cli-error.ts';
import type { ConnectOptions } from './client/connect.ts';
import { completion, type Shell, SHELLS } from './help/completion.ts';
import { NAMES_COMMAND } from './help/shell-scripts.ts';
import { codeOf, errorHelp, isTopic, plainPage, topicList, TOPICS } from './help/topics.ts';
import { say } from './texts/say.ts';

/** Reads a page of the documents. */
export type ReadPage = Machine['readPage'];

/** `help` for commands, topics and errors, and what shells need to complete command lines. */
export function addHelp(program: Command, run: Runner, out: (text: string) => void, readPage: ReadPage): void {
  program
    .helpCommand(false)
    .command('help')
    .description('explain a command, a topic or an error code')
    .argument('[words...]', 'such as `task create`, `uris` or `SINK_ACCESS_DENIED`; without one: the list of topics')
    .action(async (words: readonly string[]) => {
      out(`${await helpFor(program, words, readPage)}\n`);
    });
  program
    .command('completion')
    .description('print a script that makes a shell complete commands, flags and names of tasks')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action((shell: Shell) => {
      out(`${completion(program, shell)}\n`);
    });
  program
    .command(NAMES_COMMAND, { hidden: true })
    .description('print the names of tasks, for completion')
    .argument('[words...]', 'the words typed before')
    .action(async (words: readonly string[], _options: object, self: Command) => {
      // Nobody who presses the tab key wants to read an error.
      await run({ ...self.optsWithGlobals<ConnectOptions>(), ...typedPlace(words) }, async ({ api }) =>
        (await api.list()).map(({ name }) => name).join('\n'),
      ).catch(() => undefined);
    });
}

async function helpFor(program: Command, words: readonly string[], readPage: ReadPage): Promise<string> {
  const [word] = words;
  if (word === undefined) return `${program.helpInformation()}\n${topicList()}`;
  let command: Command | undefined = program;
  for (const each of words) command = command?.commands.find((one) => one.name() === each);
  if (command !== undefined) return command.helpInformation().trimEnd();
  const code = codeOf(word);
  if (words.length === 1 && isTopic(word)) return plainPage(await readPage(TOPICS[word].page));
  if (words.length === 1 && code !== undefined) return errorHelp(code, await readPage(TOPICS.operations.page));
  throw new UsageError([say('help.unknown', { words: words.join(' ') }), topicList()]);
}

const PLACES = ['endpoint', 'stage', 'region', 'profile'] as const;

/** A completion must not take longer than this. Milliseconds. */
const PATIENCE_MS = 4_000;

/** Which API the words typed so far name. Shells pass words with their quotes, and bash takes `--stage=x` apart. */
function typedPlace(words: readonly string[]): Partial<ConnectOptions> {
  const plain = words.map((word) => word.replaceAll(/^(['"])(.*)\1$/gu, '$2')).filter((word) => word !== '=');
  const place: Partial<Record<(typeof PLACES)[number], string>> = {};
  for (const [at, word] of plain.entries()) {
    const name = PLACES.find((each) => word === `--${each}` || word.startsWith(`--${each}=`));
    if (name === undefined) continue;
    const value = word.includes('=') ? word.slice(`--${name}=`.length) : plain[at + 1];
    if (value !== undefined) place[name] = value;
  }
  return { ...place, ...(plain.includes('--sign') ? { sign: true } : {}), timeoutMs: PATIENCE_MS };
}
