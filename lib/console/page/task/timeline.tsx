import type { TaskView } from '../../../http/view/task-view-schema.ts';
import { clockTime } from '../parts/format.ts';
import { useScope, useWatch } from '../parts/scope.ts';
import { happenings } from './happenings.ts';

/** What happened to the task, newest first. */
export function Timeline({ task }: { readonly task: TaskView }) {
  const { t, language } = useScope();
  const watch = useWatch();
  return (
    <section>
      <h2>{t('timeline.heading')}</h2>
      <p class="hint">{t('timeline.note')}</p>
      <ol class="timeline">
        {happenings(task, watch.changesOf(task), t).map(({ at, text }) => (
          <li key={`${at}${text}`}>
            <time dateTime={at}>{clockTime(at, language)}</time>
            {text}
          </li>
        ))}
      </ol>
    </section>
  );
}
