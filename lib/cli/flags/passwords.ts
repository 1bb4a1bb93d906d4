import { Option } from 'commander';
import type { Machine } from '../client/command-world.ts';
import { UsageError } from '../client/cli-error.ts';
import { parseReference } from '../../task/uri/secret-reference.ts';
import { say } from '../texts/say.ts';

/** The flags that name files with passwords. */
export interface PasswordFiles {
  readonly sourcePasswordFile?: string;
  readonly sinkPasswordFile?: string;
}

export const passwordFlags = (): Option[] =>
  (['source', 'sink'] as const).map(
    (end) =>
      new Option(
        `${ENDS[end].flag} <file>`,
        `file with the password of the ${end} (or ${ENDS[end].variable}), which the URI then lacks; - for the standard input`,
      ),
  );

const ENDS = {
  source: { file: 'sourcePasswordFile', flag: '--source-password-file', variable: 'MO_CDC_SOURCE_PASSWORD' },
  sink: { file: 'sinkPasswordFile', flag: '--sink-password-file', variable: 'MO_CDC_SINK_PASSWORD' },
} as const;

/** The URIs that a command line gives. */
interface Uris {
  readonly source: string | undefined;
  readonly sink: string | undefined;
}

/**
 * The URIs with their passwords. A password that the URI lacks comes from a file or from an environment variable, so
 * that neither the history of the shell nor the list of processes shows it. It is written as it is: this function
 * percent-encodes it.
 */
export async function withPasswords<Given extends Uris>(
  uris: Given,
  files: PasswordFiles,
  machine: Machine,
): Promise<Given> {
  if (files.sourcePasswordFile === '-' && files.sinkPasswordFile === '-') {
    throw new UsageError([say('password.twice')]);
  }
  const source = await withPassword('source', uris.source, files, machine);
  const sink = await withPassword('sink', uris.sink, files, machine);
  return { ...uris, source, sink };
}

/** The URI of a source with its password, for a command that has no sink. */
export const withSourcePassword = async (uri: string, files: PasswordFiles, machine: Machine): Promise<string> =>
  (await withPassword('source', uri, files, machine)) ?? uri;

/** The password for sinks whose URIs the command line does not give; undefined if there is none. */
export async function sinkPassword(
  { sinkPasswordFile: path }: PasswordFiles,
  { env, readText }: Machine,
): Promise<string | undefined> {
  const found = path === undefined ? env[ENDS.sink.variable] : await passwordIn(path, readText);
  return found === '' ? undefined : found;
}

async function withPassword(
  end: keyof typeof ENDS,
  uri: string | undefined,
  files: PasswordFiles,
  { env, readText }: Machine,
): Promise<string | undefined> {
  const { file, flag, variable } = ENDS[end];
  const path = files[file];
  if (uri === undefined || !lacksPassword(uri)) {
    if (path === undefined) return uri;
    throw new UsageError([
      uri === undefined
        ? say('password.noUri', { flag, end: say(`end.${end}`) })
        : say('password.hasOne', { flag, end: say(`end.${end}`) }),
    ]);
  }
  const password = path === undefined ? env[variable] : await passwordIn(path, readText);
  return password === undefined || password === '' ? uri : insert(uri, password);
}

async function passwordIn(path: string, readText: Machine['readText']): Promise<string> {
  const password = (await read(path, readText)).replace(/\r?\n$/u, '');
  if (password === '') throw new UsageError([say('password.empty', { path })]);
  if (/[\r\n]/u.test(password)) throw new UsageError([say('password.lines', { path })]);
  return password;
}

async function read(path: string, readText: Machine['readText']): Promise<string> {
  try {
    return await readText(path);
  } catch (cause) {
    throw new UsageError(
      [say('file.unreadable', { path, reason: cause instanceof Error ? cause.message : String(cause) })],
      {
        cause,
      },
    );
  }
}

const SCHEME = 'mysql://';

/** `mysql://user@host` or `mysql://account#user@host`: there is no colon in the login. */
function lacksPassword(uri: string): boolean {
  const end = uri.lastIndexOf('@');
  return uri.startsWith(SCHEME) && end > SCHEME.length && !uri.slice(SCHEME.length, end).includes(':');
}

function insert(uri: string, password: string): string {
  const end = uri.lastIndexOf('@');
  const isReference = typeof parseReference(password) !== 'string';
  return `${uri.slice(0, end)}:${isReference ? password : encodeURIComponent(password.toWellFormed())}${uri.slice(end)}`;
}

/** A URI that only says which source is meant: it needs no password. */
export const addressOnly = (uri: string): string => (lacksPassword(uri) ? insert(uri, '') : uri);
