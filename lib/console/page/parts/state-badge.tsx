import type { TaskState } from '../../../task/state-traits.ts';
import { toneOf } from '../data/state-tone.ts';
import { useScope } from './scope.ts';

/** The state of a task: its word, and a colour. */
export function StateBadge({ state }: { readonly state: TaskState }) {
  const { t } = useScope();
  return (
    <span class={`badge ${toneOf(state)}`}>
      <span class="dot" aria-hidden="true" />
      {t(`state.${state}`)}
    </span>
  );
}
