import { columns } from '../output/columns.ts';
import { inLine } from '../output/printable.ts';
import type { Plan, Step } from './plan.ts';

/** The words for a step before it is taken, and after. */
const WORDS: Readonly<Record<Step['action'], { readonly before: string; readonly after: string }>> = {
  create: { before: 'create', after: 'created' },
  edit: { before: 'edit', after: 'edited' },
  none: { before: 'unchanged', after: 'unchanged' },
  impossible: { before: 'impossible', after: 'impossible' },
  drop: { before: 'drop', after: 'dropped' },
};

/** The end of a step that was tried, or that was not. Without an outcome, nothing was sent yet. */
export type Outcome = 'done' | 'failed' | 'not tried';

/** A line for each change of each task, then how many tasks there are of each kind. */
export function planTable({ steps, undeclared }: Plan, outcomes?: ReadonlyMap<Step, Outcome>): string {
  const wordOf = (step: Step): string => {
    const { before, after } = WORDS[step.action];
    const outcome = outcomes?.get(step);
    return outcome === undefined ? before : outcome === 'done' ? after : `${before}: ${outcome}`;
  };
  const rows = steps.flatMap((step) => {
    const changes = step.changes.length === 0 ? [{ what: '', now: '', declared: '' }] : step.changes;
    return changes.map(({ what, now, declared }) => [step.name, wordOf(step), what, now, declared]);
  });
  const lines = rows.length === 0 ? [] : [columns([['TASK', 'ACTION', 'WHAT', 'NOW', 'DECLARED'], ...rows]), ''];
  lines.push(summary(steps.map(wordOf)));
  if (undeclared.length > 0) {
    lines.push(inLine(`Not declared, and left alone (--prune drops them): ${undeclared.join(', ')}.`));
  }
  return lines.join('\n');
}

function summary(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const parts = [...counts].map(([word, count]) => `${count} ${word}`);
  return `${words.length === 1 ? '1 task' : `${words.length} tasks`}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}.`;
}
