import type { TaskView } from '../../http/view/task-view-schema.ts';
import { type ApiClient } from '../client/api-client.ts';
import { RefusedError, TASK_NOT_FOUND } from '../client/cli-error.ts';
import { type Change, differenceOf } from './difference.ts';
import type { DeclaredTask } from './read-task-file.ts';

interface Of {
  readonly name: string;
  readonly changes: readonly Change[];
}

/** What is to be done with one task. */
export type Step =
  | (Of & { readonly action: 'create'; readonly body: unknown })
  | (Of & { readonly action: 'edit'; readonly body: unknown })
  /** It is as it is declared. */
  | (Of & { readonly action: 'none' })
  /** Something differs that no edit can change. */
  | (Of & { readonly action: 'impossible' })
  | (Of & { readonly action: 'drop' });

export interface Plan {
  /** In the order of the file. Drops come last. */
  readonly steps: readonly Step[];
  /** The tasks that are not declared and stay all the same. */
  readonly undeclared: readonly string[];
}

export interface PlanOptions {
  /** Drop tasks that are not declared? */
  readonly prune: boolean;
  /** Send passwords even if nothing differs? */
  readonly renew: boolean;
}

/** A task that is being dropped is as good as gone: if it is declared, the API says that it has to be gone first. */
const isThere = ({ state }: Pick<TaskView, 'state'>): boolean => state !== 'dropping';

/** Compares what is declared with the tasks that there are. */
export async function planFor(
  api: ApiClient,
  declared: readonly DeclaredTask[],
  { prune, renew }: PlanOptions,
): Promise<Plan> {
  const present = (await api.list()).filter(isThere).map(({ name }) => name);
  const steps: Step[] = [];
  for (const task of declared) {
    const found = present.includes(task.spec.name) ? await showIfThere(api, task.spec.name) : undefined;
    steps.push(found === undefined ? creation(task) : alteration(found, task, renew));
  }
  const names = new Set(declared.map(({ spec }) => spec.name));
  const undeclared = present.filter((name) => !names.has(name));
  if (!prune) return { steps, undeclared };
  return {
    steps: [...steps, ...undeclared.map((name): Step => ({ name, action: 'drop', changes: [] }))],
    undeclared: [],
  };
}

async function showIfThere(api: ApiClient, name: string): Promise<TaskView | undefined> {
  try {
    const found = await api.show(name);
    return isThere(found) ? found : undefined;
  } catch (error) {
    if (error instanceof RefusedError && error.code === TASK_NOT_FOUND) return undefined;
    throw error;
  }
}

function creation({ spec, body }: DeclaredTask): Step {
  const { name, level, tables, databases } = spec;
  const named = {
    account: 'every database',
    database: counted(databases, 'database'),
    table: counted(tables, 'table'),
  };
  return { name, action: 'create', changes: [{ what: 'level', now: '', declared: `${level}: ${named[level]}` }], body };
}

const counted = ({ length }: readonly unknown[], what: string): string => `${length} ${what}${length === 1 ? '' : 's'}`;

function alteration(task: TaskView, { spec }: DeclaredTask, renew: boolean): Step {
  const { name } = spec;
  const { changes, fixed, edit } = differenceOf(task, spec, renew);
  if (fixed.length > 0) return { name, action: 'impossible', changes: fixed };
  if (changes.length === 0) return { name, action: 'none', changes };
  return { name, action: 'edit', changes, body: edit };
}
