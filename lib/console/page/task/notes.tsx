import type { TaskView } from '../../../http/view/task-view-schema.ts';
import { useScope } from '../parts/scope.ts';

const KINDS = ['leftOut', 'simplified', 'compared', 'dropped'] as const;

/** Tables that are not like the others, and why. */
export function Notes({ task }: { readonly task: TaskView }) {
  const { t } = useScope();
  return (
    <>
      {KINDS.filter((kind) => task[kind].count > 0).map((kind) => {
        const { count, first } = task[kind];
        return (
          <details key={kind}>
            <summary>
              {t(`notes.${kind}`)} ({count})
            </summary>
            <ul>
              {first.map(({ table, reason }) => (
                <li key={table}>
                  <code>{table}</code>: {reason}
                </li>
              ))}
              {count > first.length && <li>{t('notes.more', { count: count - first.length })}</li>}
            </ul>
          </details>
        );
      })}
    </>
  );
}
