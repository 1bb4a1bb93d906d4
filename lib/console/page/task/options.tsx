import type { TaskView } from '../../../http/view/task-view-schema.ts';
import { OPTION_NAMES, optionKind } from '../../../task/options.ts';
import { useScope } from '../parts/scope.ts';

/** The options that differ from the usual ones are bold. */
export function Options({ task: { options } }: { readonly task: TaskView }) {
  const { t } = useScope();
  return (
    <details>
      <summary>{t('options.heading')}</summary>
      <dl class="facts">
        {OPTION_NAMES.map((name) => {
          const value = options[name] === null ? t('app.none') : String(options[name]);
          return (
            <div key={name}>
              <dt>
                <code>{name}</code>
              </dt>
              <dd>{options[name] === optionKind(name).default ? value : <strong>{value}</strong>}</dd>
            </div>
          );
        })}
      </dl>
    </details>
  );
}
