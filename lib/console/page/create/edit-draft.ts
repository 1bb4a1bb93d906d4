import type { TaskView } from '../../../http/view/task-view-schema.ts';
import { lines, pairs } from '../data/lines.ts';
import { optionValues, type OptionTexts } from './draft.ts';

/** What the user has typed into the form that edits a task. */
export interface EditDraft {
  readonly sourceUri: string;
  readonly sinkUri: string;
  readonly addTables: string;
  readonly removeTables: string;
  readonly addDatabases: string;
  readonly removeDatabases: string;
  readonly exclude: string;
  readonly options: OptionTexts;
}

export const editDraftOf = (task: TaskView): EditDraft => ({
  ...{ sourceUri: '', sinkUri: '', addTables: '', removeTables: '', addDatabases: '', removeDatabases: '' },
  exclude: task.exclude.join('\n'),
  options: {},
});

/** The body of PATCH /tasks/{name}: only what the user has changed. */
export function editBody(draft: EditDraft, task: Pick<TaskView, 'exclude'>): Readonly<Record<string, unknown>> {
  const { sourceUri, sinkUri, addTables, removeTables, addDatabases, removeDatabases } = draft;
  const options = optionValues(draft.options);
  const exclude = lines(draft.exclude);
  const parts: readonly (readonly [string, unknown, boolean])[] = [
    ['sourceUri', sourceUri, sourceUri !== ''],
    ['sinkUri', sinkUri, sinkUri !== ''],
    ['addTables', pairs(addTables), lines(addTables).length > 0],
    ['removeTables', lines(removeTables), lines(removeTables).length > 0],
    ['addDatabases', pairs(addDatabases), lines(addDatabases).length > 0],
    ['removeDatabases', lines(removeDatabases), lines(removeDatabases).length > 0],
    ['exclude', exclude, exclude.join('\n') !== task.exclude.join('\n')],
    ['options', options, Object.keys(options).length > 0],
  ];
  return Object.fromEntries(parts.filter(([, , isGiven]) => isGiven).map(([name, value]) => [name, value]));
}
