import { type ErrorCode, errorKind, ERRORS } from '../../error-codes.ts';

/** The topics of `mo_cdc help`: pages of the documents, which come with the tool. */
export const TOPICS = {
  guide: { page: 'docs/guide.md', about: 'what a task does, and how to make it do it' },
  cli: { page: 'docs/reference/cli.md', about: 'commands, exit codes and output' },
  migrate: { page: 'docs/migrate.md', about: 'moving over from CREATE CDC, or from the original mo_cdc' },
  'tasks-file': { page: 'docs/reference/tasks-file.md', about: 'tasks in a file: apply and export' },
  uris: { page: 'docs/reference/uris.md', about: 'addresses, TLS, references to passwords' },
  options: { page: 'docs/reference/options.md', about: 'every option of a task' },
  states: { page: 'docs/reference/api.md', about: 'states and fields of a task, and the routes of the API' },
  errors: { page: 'docs/reference/errors.md', about: 'every error code; `mo_cdc help CODE` explains one' },
  operations: { page: 'docs/operations.md', about: 'watching and mending: logs, metrics, alarms, runbooks' },
  limits: { page: 'docs/limits.md', about: 'what it does not do' },
  types: { page: 'docs/types.md', about: 'which column type becomes which' },
  security: { page: 'docs/security.md', about: 'passwords, rights and callers' },
} as const satisfies Record<string, { readonly page: string; readonly about: string }>;

export type Topic = keyof typeof TOPICS;

export const isTopic = (word: string): word is Topic => Object.hasOwn(TOPICS, word);

/** A line for each topic. */
export function topicList(): string {
  const width = Math.max(...Object.keys(TOPICS).map((name) => name.length));
  const lines = Object.entries(TOPICS).map(([name, { about }]) => `  ${name.padEnd(width)}  ${about}`);
  return ['Topics of mo_cdc help <topic>:', ...lines].join('\n');
}

/** A page as a terminal shows it: links are their texts, and marks of generated parts are left out. */
export const plainPage = (page: string): string =>
  page
    .replaceAll(/<!--[^>]*-->\n*/gu, '')
    .replaceAll(/\[([^[\]]*)\]\([^()\s]*\)/gu, '$1')
    .trim();

/** The error code that is meant, in capitals or not. */
export function codeOf(word: string): ErrorCode | undefined {
  const code = word.toUpperCase();
  return isCode(code) ? code : undefined;
}

const isCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code);

const MEANINGS: Readonly<Record<ReturnType<typeof errorKind>['class'], string>> = {
  retry: 'It may pass: the worker tries again by itself.',
  operator: 'Somebody has to act. The task is failed, and goes on from where it stands at resume.',
  table: 'It belongs to one table. Somebody has to act.',
  never: 'Trying again leads to the same error.',
};

/** What an error means and what to do, with the section of docs/operations.md. */
export function errorHelp(code: ErrorCode, operations: string): string {
  const { class: kind, action } = errorKind(code);
  const [, section = ''] = plainPage(operations).split(`\n### ${code}\n`);
  const [text = ''] = section.split(/\n#{2,3} /u);
  return [code, '', MEANINGS[kind], action, ...(text.trim() === '' ? [] : ['', text.trim()])].join('\n');
}
