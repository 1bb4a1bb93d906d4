import type { TaskView } from '../../../http/view/task-view-schema.ts';
import { Advice, ErrorName } from '../parts/advice.tsx';
import { clockTime } from '../parts/format.ts';
import { HelpLink } from '../parts/help-link.tsx';
import { useScope } from '../parts/scope.ts';
import { Words } from '../parts/words.tsx';

/** The error, the warning and the advice of the task, each with what to do. */
export function TroublePanel({ task: { error, warning, advice, stalledSince } }: { readonly task: TaskView }) {
  const { t, language } = useScope();
  return (
    <>
      {stalledSince !== null && (
        <p class="notice bad">
          <strong>{t('error.stalled', { time: clockTime(stalledSince, language) })}</strong>
        </p>
      )}
      {error !== null && <ErrorNotice error={error} />}
      {warning !== null && (
        <div class="notice warn">
          <strong>
            {t('error.warning')}: <ErrorName code={warning.code} />
          </strong>
          <p>{warning.message}</p>
          <p>
            <Advice code={warning.code} action={warning.action} />
          </p>
          <HelpLink code={warning.code} />
        </div>
      )}
      {advice !== null && (
        <div class="notice calm">
          <strong>{t('error.advice')}</strong>
          <p>
            <Words text={advice} />
          </p>
        </div>
      )}
    </>
  );
}

function ErrorNotice({ error }: { readonly error: NonNullable<TaskView['error']> }) {
  const { t, language } = useScope();
  const { code, message, action, attempts, firstAt, lastAt, table, retry } = error;
  const times = { count: attempts, first: clockTime(firstAt, language), last: clockTime(lastAt, language) };
  return (
    <div class="notice bad">
      <strong>
        {t('error.heading')}: <ErrorName code={code} />
      </strong>
      <p>
        {table !== null && `${t('error.table', { table })}: `}
        {message}
      </p>
      <p>
        <Advice code={code} action={action} />
      </p>
      <p>
        {t(attempts > 1 ? 'error.times' : 'error.once', times)}. {t(retry ? 'error.retries' : 'error.waits')}
      </p>
      <HelpLink code={code} />
    </div>
  );
}
