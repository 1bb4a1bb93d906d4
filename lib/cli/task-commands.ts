import type { TaskVerb } from './client/api-client.ts';
import type { CommandWorld } from './client/command-world.ts';
import { type PasswordFiles, withPasswords } from './flags/passwords.ts';
import { chosenOptions } from './flags/task-options.ts';
import { inLine } from './output/printable.ts';
import { showDocument } from './output/show-document.ts';
import { taskTable } from './task-table.ts';
import { type TaskSelection, selectTasks, showTasks } from './task-selection.ts';
import { waitUntilGone, waitUntilPaused } from './client/wait.ts';
import { yamlText } from './output/yaml-text.ts';
import { wideTable } from './output/wide-table.ts';
import { say, tasksSaid } from './texts/say.ts';

/** Options of `task create` that are not in the table of options. */
export interface CreateOptions extends PasswordFiles {
  readonly taskName: string;
  readonly sourceUri: string;
  readonly sinkType: string;
  readonly sinkUri: string;
  readonly level: string;
  readonly tables?: string;
  readonly databases?: string;
  readonly exclude?: readonly string[];
}

/** Options of `task edit` that are not in the table of options. */
export interface EditOptions extends PasswordFiles {
  readonly taskName: string;
  /** The source URI that the task has now. */
  readonly sourceUri?: string;
  readonly newSourceUri?: string;
  readonly newSinkUri?: string;
  readonly tables?: string;
  readonly addTables?: string;
  readonly removeTables?: string;
  readonly databases?: string;
  readonly addDatabases?: string;
  readonly removeDatabases?: string;
  /** False if the user gave `--no-exclude`. */
  readonly exclude?: readonly string[] | false;
}

export type ControlOptions = TaskSelection & { readonly wait?: boolean };
export type DropOptions = ControlOptions & { readonly force?: boolean; readonly yes?: boolean };

/** `json` prints the document of mo_cdc, `yaml` all that the API shows. */
export const OUTPUTS = ['json', 'table', 'wide', 'yaml'] as const;

export type ShowOptions = TaskSelection & { readonly output: (typeof OUTPUTS)[number] };

const OK = 'OK';

/** Every command returns the text to print. */
export async function create({ api, machine }: CommandWorld, options: CreateOptions): Promise<string> {
  const { taskName, sinkType, level, tables, databases, exclude } = options;
  const given = { source: options.sourceUri, sink: options.sinkUri };
  const { source: sourceUri, sink: sinkUri } = await withPasswords(given, options, machine);
  const task = { taskName, sourceUri, sinkType, sinkUri, level, tables, databases, exclude };
  await api.create({ ...task, options: chosenOptions(options) });
  return OK;
}

export async function edit({ api, machine }: CommandWorld, options: EditOptions): Promise<string> {
  const { tables, addTables, removeTables, exclude } = options;
  const given = { source: options.newSourceUri, sink: options.newSinkUri };
  const { source: sourceUri, sink: sinkUri } = await withPasswords(given, options, machine);
  const { databases, addDatabases, removeDatabases } = options;
  for (const { name } of await selectTasks(api, options)) {
    const selection = { tables, addTables, removeTables, databases, addDatabases, removeDatabases };
    await api.edit(name, {
      sourceUri,
      sinkUri,
      ...selection,
      exclude: exclude === false ? [] : exclude,
      options: chosenOptions(options),
    });
  }
  return OK;
}

/** Show and list. They differ only in their default output. */
export const show = async ({ api, zone }: CommandWorld, { output, ...selection }: ShowOptions): Promise<string> => {
  switch (output) {
    case 'json':
      return showDocument(await showTasks(api, selection), zone);
    case 'table':
      return taskTable(await selectTasks(api, selection));
    case 'wide':
      return wideTable(await showTasks(api, selection));
    case 'yaml':
      return yamlText(await showTasks(api, selection)).trimEnd();
  }
};

export const pause = async (world: CommandWorld, options: ControlOptions): Promise<string> => {
  for (const { name } of await selectTasks(world.api, options)) {
    const task = await world.api.command(name, 'pause');
    if (options.wait !== false) await waitUntilPaused(world.api, world.clock, task);
  }
  return OK;
};

export const drop = async (world: CommandWorld, options: DropOptions): Promise<string> => {
  const lines = [OK];
  const tasks = await selectTasks(world.api, options);
  if (options.taskName === undefined && tasks.length > 0) {
    const names = inLine(tasks.map(({ name }) => name).join(', '));
    await world.confirm(say('ask.drop', { tasks: tasksSaid(tasks.length), names }), options.yes === true);
  }
  for (const { name } of tasks) {
    const task = await world.api.drop(name, options.force === true);
    if (options.wait !== false) await waitUntilGone(world.api, world.clock, task);
    lines.push(...task.notes.map((note) => inLine(`${name}: ${note}`)));
  }
  return lines.join('\n');
};

/** Resume and restart. */
export const start =
  (verb: TaskVerb) =>
  async ({ api }: CommandWorld, selection: TaskSelection): Promise<string> => {
    for (const { name } of await selectTasks(api, selection)) await api.command(name, verb);
    return OK;
  };
