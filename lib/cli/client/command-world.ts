import type { Clock } from '../../clock.ts';
import type { Language } from '../../error-texts.ts';
import type { ApiClient } from './api-client.ts';
import { UsageError } from './cli-error.ts';
import type { ConnectOptions } from './connect.ts';
import { type Line, say } from '../texts/say.ts';

/**
 * Asks a question; throws unless the answer is yes. `sure`: somebody has answered already, by `--yes`. Where nobody can
 * be asked, as in a script, `--yes` is needed.
 */
export type Confirm = (question: Line, sure: boolean) => Promise<void>;

/** What a command may read from the machine that it runs on. */
export interface Machine {
  /** The text of a file, or of the standard input if the path is `-`. Throws the system's error. */
  readonly readText: (path: string) => Promise<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A page of the documents, by its path in the repository. */
  readonly readPage: (path: string) => Promise<string>;
}

const missing = (path: string): Promise<never> => Promise.reject(new UsageError([say('file.none', { path })]));

/** A machine with nothing on it. */
export const BARE_MACHINE: Machine = { readText: missing, readPage: missing, env: {} };

/** The surroundings that the program gives to a command. */
export interface CommandWorld {
  readonly api: ApiClient;
  readonly clock: Clock;
  /** The local time zone. */
  readonly zone: string;
  /**
   * Shows a person at a terminal how far a command has come, and replaces the last such text. Does nothing without a
   * terminal.
   */
  readonly progress: (text: string) => void;
  readonly confirm: Confirm;
  /** That of errors and questions. */
  readonly language: Language;
  readonly machine: Machine;
  readonly live: Live;
  /** Opens the logs of the deployment. */
  readonly openLogs: () => Promise<TaskLogs>;
}

export interface LogLine {
  /** Tells lines apart that are read twice. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

/** The log lines of tasks. */
export interface TaskLogs {
  /** All lines about the task since a time, in order. */
  read(task: string, since: number): Promise<readonly LogLine[]>;
  close(): void;
}

/** What a command needs that goes on until somebody stops it. */
export interface Live {
  /** Prints a line at once. */
  readonly print: (line: string) => void;
  /** Replaces what the terminal shows; undefined if there is no terminal. */
  readonly draw: ((lines: readonly string[]) => void) | undefined;
  /** The signal is aborted when somebody interrupts the command, which then ends in its own way. */
  readonly untilInterrupted: () => AbortSignal;
}

/** The text that a command prints, and the exit code if it is not 0. */
export interface Answer {
  readonly text: string;
  readonly exit: number;
}

export type Command = (world: CommandWorld) => Promise<string | Answer>;

/** Runs a command against the API that the options name, and prints its answer. */
export type Runner = (connect: ConnectOptions, command: Command) => Promise<void>;
