import { type ChildProcess, fork } from 'node:child_process';
import type { LoadOrder } from '../../../lib/store/load-order.ts';
import type { Choices } from '../choices.ts';
import type { Pace } from '../fast-clock.ts';
import type { Journal } from '../journal.ts';
import type { Assignment, News } from './messages.ts';

/** More at once would only make each of them slower; what is started beyond that is lost, as a start may be. */
const MOST = 6;

export interface CrewOptions {
  readonly program: string;
  readonly endpoint: string;
  readonly table: string;
  readonly pace: Pace;
  readonly choices: Choices;
  readonly journal: Journal;
  /** The checkpoint has moved, and the worker waits. */
  readonly onCheckpoint: () => Promise<unknown>;
}

interface Member {
  readonly child: ChildProcess;
  readonly task: string;
  frozen: boolean;
}

/** The worker processes there are. */
export class Crew {
  readonly #options: CrewOptions;
  readonly #members = new Map<number, Member>();
  /** What a worker has told that none ever should. */
  readonly complaints: string[] = [];

  constructor(options: CrewOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#members.size;
  }

  /** Starts a worker, or a loader by its order. */
  start(task: string, order?: LoadOrder): void {
    const { choices, endpoint, table, pace, journal } = this.#options;
    // Chosen in any case: what is left out must not shift what comes after it.
    const lifetime = choices.chance(0.3) ? choices.between(5_000, 30_000) : choices.between(60_000, 240_000);
    const shown = choices.pick([0, 0.3, 1]);
    if (this.#members.size >= MOST) return;
    const assignment: Assignment = { task, order, table, pace, lifetime, shown };
    const env = {
      PATH: process.env['PATH'] ?? '',
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
    };
    const child = fork(this.#options.program, [JSON.stringify(assignment)], { env, execArgv: [], silent: true });
    const { pid } = child;
    child.on('error', () => undefined);
    if (pid === undefined) return;
    journal.note('crew', order === undefined ? 'starts a worker' : 'starts a loader', `${pid}`);
    this.#members.set(pid, { child, task, frozen: false });
    child.stderr?.on('data', (text: Buffer) => {
      this.complaints.push(`worker ${pid} printed ${text.toString()}`);
    });
    child.on('message', (news: News) => {
      this.#hear(pid, child, news);
    });
    child.once('exit', (code, signal) => {
      this.#members.delete(pid);
      journal.note('worker', 'exits', `${pid} ${code ?? signal ?? ''}`);
    });
  }

  kill(): void {
    const found = this.#any();
    if (found === undefined) return;
    this.#options.journal.note('crew', 'kills', `${found.pid}`);
    found.member.child.kill('SIGKILL');
  }

  /** For so many milliseconds of real time. */
  freeze(milliseconds: number): void {
    const found = this.#any();
    if (found === undefined || found.member.frozen) return;
    const { member, pid } = found;
    this.#options.journal.note('crew', 'freezes', `${pid} for ${milliseconds} ms`);
    member.frozen = true;
    member.child.kill('SIGSTOP');
    setTimeout(() => {
      member.frozen = false;
      member.child.kill('SIGCONT');
      this.#options.journal.note('crew', 'thaws', `${pid}`);
    }, milliseconds).unref();
  }

  thawAll(): void {
    for (const { child } of this.#members.values()) child.kill('SIGCONT');
  }

  /** Ends them all at once. */
  async end(): Promise<void> {
    const ended = [...this.#members.values()].map(
      ({ child }) =>
        new Promise<void>((resolve) => {
          child.once('exit', () => {
            resolve();
          });
        }),
    );
    for (const { child } of this.#members.values()) child.kill('SIGKILL');
    await Promise.all(ended);
  }

  #any(): { readonly pid: number; readonly member: Member } | undefined {
    const at = this.#options.choices.random();
    const all = [...this.#members];
    const found = all[Math.floor(at * all.length)];
    return found === undefined ? undefined : { pid: found[0], member: found[1] };
  }

  #hear(pid: number, child: ChildProcess, news: News): void {
    const { journal, choices, onCheckpoint } = this.#options;
    switch (news.kind) {
      case 'log':
        journal.note('worker', news.event, `${pid} ${news.fields}`);
        if (news.fields.includes('"INTERNAL"')) this.complaints.push(`worker ${pid}: ${news.event} ${news.fields}`);
        return;
      case 'order': {
        // Lost, once, or twice.
        const times = choices.below(3);
        for (let i = 0; i < times; i += 1) this.start(news.order.key.name, news.order);
        return;
      }
      case 'checkpoint':
        void onCheckpoint().finally(() => {
          if (child.connected) child.send('go', () => undefined);
        });
        return;
      case 'ended':
        journal.note('worker', 'ended', `${pid} ${news.outcome}`);
        if (/^threw (?!CdcError|Error: (?:LEASE|STORE|SOURCE|SINK))/u.test(news.outcome)) {
          this.complaints.push(`worker ${pid} ${news.outcome}`);
        }
    }
  }
}
