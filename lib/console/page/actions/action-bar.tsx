import type { TaskView } from '../../../http/view/task-view-schema.ts';
import { routeHash } from '../data/route.ts';
import { useScope } from '../parts/scope.ts';
import { isGrave, possible, type Wanted } from './action.ts';

interface Props {
  readonly task: TaskView;
  readonly onWant: (wanted: Wanted) => void;
}

/** What one can do with the task in its state. Each asks before it does anything. */
export function ActionBar({ task, onWant }: Props) {
  const { t } = useScope();
  return (
    <div class="acts" role="group" aria-label={t('act.heading')}>
      {possible(task).map((act) => (
        <button
          key={act}
          type="button"
          class={isGrave(act) ? 'grave' : ''}
          onClick={() => {
            onWant({ act });
          }}
        >
          {t(`act.${act}`)} …
        </button>
      ))}
      {task.state !== 'dropping' && (
        <a class="button" href={routeHash({ page: 'edit', name: task.name })}>
          {t('task.edit')}
        </a>
      )}
    </div>
  );
}
