import { CommanderError } from 'commander';
import type { Clock } from '../clock.ts';
import { CdcError } from '../errors.ts';
import type { ApiClient } from './client/api-client.ts';
import { CliError, UsageError } from './client/cli-error.ts';
import { BARE_MACHINE, type Live, type Machine, type TaskLogs } from './client/command-world.ts';
import { confirmWith } from './confirm.ts';
import { leftovers, type LeftoverPlaces, type LeftoversOptions } from './leftovers-command.ts';
import { type ConsoleWorld, serveConsole } from '../console/console-command.ts';
import type { ConnectOptions } from './client/connect.ts';
import { NO_METRICS, type ReadMetrics } from './client/open-metrics.ts';
import type { OpenNative } from './declared-commands.ts';
import { createProgram, type Output } from './program.ts';
import { inLine, printable } from './output/printable.ts';
import { withPasswords } from './flags/passwords.ts';
import { refuseUnsupported } from './flags/unsupported-flags.ts';
import { draw, type Terminal } from './output/screen.ts';
import { withoutSecrets } from './output/without-secrets.ts';
import type { Language } from '../error-texts.ts';
import { problemLines } from './client/problem-lines.ts';
import { languageOf } from './texts/language.ts';
import { inLanguage, say } from './texts/say.ts';

export interface Surroundings extends Output {
  readonly clock: Clock;
  readonly zone: string;
  /** Shows progress; undefined if nobody watches. */
  readonly progress?: ((text: string) => void) | undefined;
  /** The terminal of a person who watches; undefined if there is none. */
  readonly terminal?: Terminal | undefined;
  /** From the first call on, an interruption aborts the signal instead of ending the process. */
  readonly untilInterrupted?: (() => AbortSignal) | undefined;
  /** Shows a question at a terminal and returns the answer; undefined if there is no terminal. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** What commands may read of this machine: files, standard input, environment. */
  readonly machine?: Machine;
  connect(options: ConnectOptions): Promise<ApiClient>;
  /** Opens what `console` needs; undefined if nothing can be served here. */
  readonly console?: Pick<ConsoleWorld, 'page' | 'openBrowser' | 'ended'> | undefined;
  /** Opens the logs of the deployment that the options name. */
  readonly openLogs?: ((options: ConnectOptions) => Promise<TaskLogs>) | undefined;
  /** Opens the metrics of the deployment whose API is at an address. */
  readonly openMetrics?: ((options: ConnectOptions, api: string) => Promise<ReadMetrics>) | undefined;
  /** Opens the CREATE CDC tasks of a source. */
  readonly openNative?: OpenNative | undefined;
  /** Opens what `leftovers` looks at. The caller closes both ends. */
  openPlaces?:
    ((options: LeftoversOptions & ConnectOptions) => Promise<Omit<LeftoverPlaces, 'confirm' | 'now'>>) | undefined;
}

/** Moves to the start of the line and clears it, so that the next text replaces the line. */
const TO_LINE_START = '\r\u001b[K';

export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** Runs one command line and returns its exit code. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { clock, zone, machine = BARE_MACHINE } = surroundings;
  let exit: number = EXIT.ok;
  // Texts from a server, the API or the command line may hold control characters. All of them pass here before a
  // terminal shows them.
  const out = (text: string): void => {
    surroundings.out(printable(text));
  };
  const failed = (text: string): void => {
    surroundings.error(printable(withoutSecrets(text, args)));
  };
  const progress = (line: string): void => {
    surroundings.progress?.(`${TO_LINE_START}${inLine(line)}`);
  };
  const { ask } = surroundings;
  const language = languageOf(machine.env);
  const confirm = confirmWith(ask === undefined ? undefined : (question) => ask(printable(question)), language);
  const { terminal, untilInterrupted = () => new AbortController().signal } = surroundings;
  const live: Live = {
    print: (line) => {
      out(`${inLine(line)}\n`);
    },
    draw: terminal === undefined ? undefined : draw.bind(undefined, terminal),
    untilInterrupted,
  };
  const program = createProgram(
    async (options, command) => {
      const api = await surroundings.connect(options);
      const openLogs = async (): Promise<TaskLogs> => {
        if (surroundings.openLogs === undefined) throw new UsageError([say('here.nothing')]);
        return await surroundings.openLogs(options);
      };
      const answer = await command({ api, clock, zone, progress, confirm, language, machine, live, openLogs });
      const text = typeof answer === 'string' ? answer : answer.text;
      if (text !== '') out(`${text}\n`);
      if (typeof answer !== 'string') exit = answer.exit;
    },
    { out, error: failed, language },
    async (given) => {
      const { source, sink } = await withPasswords({ source: given.sourceUri, sink: given.sinkUri }, given, machine);
      const uris = { ...(source && { sourceUri: source }), ...(sink && { sinkUri: sink }) };
      const options = { ...given, ...uris };
      const places = await surroundings.openPlaces?.(options);
      if (places === undefined) throw new UsageError([say('here.nothing')]);
      try {
        out(`${await leftovers({ ...places, confirm, now: () => clock.now() }, options)}\n`);
      } finally {
        await Promise.allSettled([places.source?.close(), places.sink?.close()]);
      }
    },
    async (options) => {
      if (surroundings.console === undefined) throw new UsageError([say('here.nothing')]);
      const api = await surroundings.connect(options);
      const metrics = (await surroundings.openMetrics?.(options, api.endpoint)) ?? NO_METRICS;
      await serveConsole({ api, metrics, out, ...surroundings.console }, options);
    },
    machine.readPage,
    surroundings.openNative,
  );
  try {
    refuseUnsupported(args);
    await program.parseAsync(args, { from: 'user' });
    return exit;
  } catch (reason) {
    // Commander has already printed the message.
    if (reason instanceof CommanderError) return reason.exitCode === 0 ? EXIT.ok : EXIT.usage;
    failed(`${inLanguage(say('error', { text: linesOf(reason, language).join('\n') }), language)}\n`);
    return reason instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

function linesOf(reason: unknown, language: Language): readonly string[] {
  if (reason instanceof CliError) return reason.linesIn(language);
  if (reason instanceof CdcError) {
    return problemLines(reason.code, { detail: reason.message, action: reason.action }, language);
  }
  return [reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)];
}
