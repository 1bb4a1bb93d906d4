import { expect } from 'vitest';
import type { SignedFetch } from '../../lib/aws/signed-fetch.ts';
import { ApiClient } from '../../lib/cli/client/api-client.ts';
import type { TaskLogs } from '../../lib/cli/client/command-world.ts';
import type { LeftoverPlaces, LeftoversOptions } from '../../lib/cli/leftovers-command.ts';
import { run } from '../../lib/cli/run.ts';
import type { NativeTask } from '../../lib/native/native-task.ts';
import { apiFetch } from './api-fetch.ts';
import { readDoc } from './doc-files.ts';
import { ApiWorld, NOW } from './api-world.ts';
import { PASSWORD } from './scenario-task.ts';

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export const OK: Run = { code: 0, out: 'OK\n', err: '' };
export const SOURCE = `mysql://root:${PASSWORD}@127.0.0.1:6001`;
/** The flags by which every command except create names its task in the scenario. */
export const ONE = ['--task-name', 'activity_sync', '--source-uri', SOURCE];
export const CREATE = [
  ...['task', 'create', '--task-name', 'activity_sync', '--source-uri', SOURCE],
  ...['--sink-type', 'matrixone', '--sink-uri', `mysql://root:${PASSWORD}@10.222.0.1:6001`, '--level', 'table'],
  ...['--tables', 'production_db.user_activities:analytics_db.analytics_activities'],
];

/** The command line tool in front of the real API in memory. The time zone is Shanghai's. */
export class MoCdc {
  readonly world = new ApiWorld();
  /** The requests, as `METHOD /path`. */
  readonly sent: string[] = [];
  fetch: SignedFetch = apiFetch(this.world, this.sent);
  onSleep: () => void = () => undefined;
  now = NOW;
  /** What a person at the terminal answers; undefined: there is no terminal. */
  answer: string | undefined;
  /** The questions that a person at the terminal was asked. */
  readonly asked: string[] = [];
  /** Told of the options with which `leftovers` opens its places. */
  open: (options: LeftoversOptions) => void = () => undefined;
  places: Omit<LeftoverPlaces, 'confirm' | 'now'> | undefined;
  /** The CREATE CDC tasks of the source; undefined if its user cannot read them. */
  natives: NativeTask[] | undefined;
  /** The files of the machine, and `-` for the standard input. */
  readonly files: Record<string, string> = {};
  env: Record<string, string | undefined> = {};
  /** The logs of the deployment. */
  logs: TaskLogs | undefined;
  /** The terminal that a person watches; undefined: there is none. */
  terminal: { columns: number; rows: number } | undefined;
  /** What the terminal got. */
  readonly drawn: string[] = [];
  /** A person who presses Ctrl-C aborts it. */
  interruption = new AbortController();
  /** The progress shown at the terminal while a command waited. */
  readonly shown: string[] = [];

  /** Runs one command line, and checks that it prints no password. */
  async run(...args: readonly string[]): Promise<Run> {
    let out = '';
    let err = '';
    const sleep = (milliseconds: number): Promise<void> => {
      this.now += milliseconds;
      this.onSleep();
      return Promise.resolve();
    };
    const code = await run(args, {
      out: (text) => void (out += text),
      error: (text) => void (err += text),
      progress: (text) => void this.shown.push(text),
      clock: { now: () => this.now, sleep },
      zone: 'Asia/Shanghai',
      terminal:
        this.terminal === undefined ? undefined : { ...this.terminal, write: (text) => void this.drawn.push(text) },
      openLogs: () => (this.logs === undefined ? Promise.reject(new Error('No logs.')) : Promise.resolve(this.logs)),
      untilInterrupted: () => this.interruption.signal,
      ask:
        this.answer === undefined
          ? undefined
          : (question) => {
              this.asked.push(question);
              return Promise.resolve(this.answer ?? '');
            },
      machine: {
        readText: (path) => {
          const text = this.files[path];
          return text === undefined ? Promise.reject(new Error('ENOENT: no such file')) : Promise.resolve(text);
        },
        env: this.env,
        readPage: readDoc,
      },
      openNative: () => Promise.resolve({ list: () => Promise.resolve(this.natives), close: () => Promise.resolve() }),
      openPlaces: (options) => {
        this.open(options);
        if (this.places === undefined) throw new Error('No places.');
        return Promise.resolve(this.places);
      },
      connect: () => Promise.resolve(new ApiClient('http://localhost/', (...given) => this.fetch(...given))),
    });
    expect([out, err, ...this.shown, ...this.drawn].join('')).not.toContain(PASSWORD);
    return { code, out, err };
  }
}
