import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { Print } from './sql-prompt.ts';

/** A shell that shows the commands it runs, in a directory with an executable `mo_cdc`. */
export class Shell {
  readonly dir: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #print: Print;

  private constructor(dir: string, endpoint: string, print: Print) {
    this.dir = dir;
    // The command runs with the Node that runs this process.
    const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
    this.#environment = { ...process.env, PATH: path, MO_CDC_ENDPOINT: endpoint };
    this.#print = print;
  }

  static async open(dir: string, program: string, endpoint: string, print: Print): Promise<Shell> {
    await mkdir(dir, { recursive: true });
    await symlink(program, join(dir, 'mo_cdc'));
    print(`$ export MO_CDC_ENDPOINT='${endpoint}'\n\n`);
    return new Shell(dir, endpoint, print);
  }

  /** Runs a command line. Shows it and its output, and returns the output. Throws if the command fails. */
  async show(command: string): Promise<string> {
    this.#print(`$ ${command}\n`);
    const child = spawn('/bin/sh', ['-c', command], {
      cwd: this.dir,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        this.#print(text);
      });
    }
    await once(child, 'close');
    this.#print('\n');
    if (child.exitCode !== 0) throw new Error(`\`${firstLine(command)}\` ended with ${child.exitCode ?? 'a signal'}.`);
    return printed;
  }
}

const firstLine = (text: string): string => text.split(/ *\\?\n/u)[0] ?? '';
