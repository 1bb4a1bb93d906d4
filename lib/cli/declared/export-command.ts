import { yamlText } from '../output/yaml-text.ts';
import type { TaskView } from '../../http/view/task-view-schema.ts';
import { DEFAULT_OPTIONS, OPTION_NAMES } from '../../task/options.ts';
import { PasswordVariables } from './password-variables.ts';
import { unfilled } from './variables.ts';

/** The parts of a task that a file declares. The URIs have no passwords. */
export interface Declarable extends Pick<
  TaskView,
  'name' | 'sourceUri' | 'sinkType' | 'sinkUri' | 'level' | 'options'
> {
  readonly tables: readonly Pair[];
  readonly databases: readonly Pair[];
  readonly exclude: readonly string[];
}

interface Pair {
  readonly source: string;
  readonly sink: string;
}

/**
 * Writes the tasks as a file for `mo_cdc apply`. Options that have their default are left out. No password is in it:
 * variables of the environment take their places, which `variables` names.
 */
export function exportedTasks(tasks: readonly Declarable[], variables = new PasswordVariables()): string {
  const documents = tasks.map((task) => declaration(task, variables));
  return [heading(tasks.length, variables.names), ...documents].join('---\n').trimEnd();
}

function heading(count: number, names: readonly string[]): string {
  const lines = [
    `# ${count === 1 ? '1 task' : `${count} tasks`}, for: mo_cdc apply -f FILE`,
    ...(names.length === 0 ? [] : ['# Passwords are not in here. Set these variables of the environment before:']),
    ...names.map((name) => `#   ${name}`),
  ];
  return `${lines.join('\n')}\n`;
}

function declaration(task: Declarable, variables: PasswordVariables): string {
  const { name, level, sinkType, tables, databases, exclude } = task;
  return yamlText({
    taskName: unfilled(name),
    sourceUri: variables.place(task.sourceUri, name, 'source'),
    sinkType,
    sinkUri: variables.place(task.sinkUri, name, 'sink'),
    level,
    ...(level === 'table' ? { tables: tables.map(pair) } : {}),
    ...(level === 'database' ? { databases: databases.map(pair) } : {}),
    ...(exclude.length > 0 ? { exclude: exclude.map(unfilled) } : {}),
    ...chosenOptions(task),
  });
}

const pair = ({ source, sink }: Pair): Pair => ({
  source: unfilled(source),
  sink: unfilled(sink),
});

function chosenOptions({ options }: Declarable): object {
  const chosen = OPTION_NAMES.filter((name) => options[name] !== DEFAULT_OPTIONS[name]);
  return chosen.length === 0 ? {} : { options: Object.fromEntries(chosen.map((name) => [name, options[name]])) };
}
