import { useState } from 'preact/hooks';
import type { TaskView } from '../../../http/view/task-view-schema.ts';
import { FIXED_OPTIONS, OPTION_NAMES } from '../../../task/options.ts';
import { call, taskPath } from '../data/calls.ts';
import { routeHash } from '../data/route.ts';
import { useScope, useWatch } from '../parts/scope.ts';
import { TroubleNotice } from '../parts/trouble-notice.tsx';
import { homeless } from './complaints.ts';
import { editBody, type EditDraft, editDraftOf } from './edit-draft.ts';
import { LinesField } from './field.tsx';
import { FormProvider, useSubmission } from './form-state.ts';
import { OptionFields } from './option-fields.tsx';
import { UriField } from './uri-field.tsx';

/** The form that edits a task. It is made once for the task, however often that is looked at meanwhile. */
export function EditPage({ name }: { readonly name: string }) {
  const { t } = useScope();
  const { task, isGone } = useWatch();
  if (isGone) return <p class="notice calm">{t('task.gone', { name })}</p>;
  return task?.name === name ? <EditForm key={task.id} task={task} /> : <p>{t('app.loading')}</p>;
}

const TABLE_FIELDS = ['addTables', 'removeTables'] as const;
const DATABASE_FIELDS = ['addDatabases', 'removeDatabases'] as const;

function EditForm({ task }: { readonly task: TaskView }) {
  const { t, tell, watch } = useScope();
  const [draft, setDraft] = useState<EditDraft>(editDraftOf(task));
  const body = editBody(draft, task);
  const { form, trouble, isBusy, submit } = useSubmission('edit', body);
  const isEmpty = Object.keys(body).length === 0;
  const back = routeHash({ page: 'task', name: task.name });
  const send = async () => {
    const found = await call<TaskView>('PATCH', taskPath(task.name), body);
    if (!found.ok) return found.trouble;
    tell(t('done.edited', { name: task.name }));
    watch.take(found.value);
    location.hash = back;
    return undefined;
  };
  const field = (name: Exclude<keyof EditDraft, 'options'>) => ({
    name,
    value: draft[name],
    onValue: (value: string) => {
      setDraft((before) => ({ ...before, [name]: value }));
    },
  });
  const lists = task.level === 'table' ? TABLE_FIELDS : task.level === 'database' ? DATABASE_FIELDS : [];
  const shown = [...lists, 'sourceUri', 'sinkUri', 'options', ...(task.level === 'table' ? [] : ['exclude'])];
  return (
    <FormProvider value={form}>
      <p>
        <a href={back}>← {task.name}</a>
      </p>
      <h1>{t('edit.heading', { name: task.name })}</h1>
      <p>{t('edit.hint')}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit(send);
        }}
      >
        {lists.map((name) => (
          <LinesField key={name} {...field(name)} label={t(`edit.${name}`)} />
        ))}
        {task.level !== 'table' && (
          <LinesField {...field('exclude')} label={t('create.exclude')} hint={t('create.excludeHint')} />
        )}
        <UriField {...field('sourceUri')} label={t('edit.sourceUri')} hint={t('edit.now', { value: task.sourceUri })} />
        <UriField {...field('sinkUri')} label={t('edit.sinkUri')} hint={t('edit.now', { value: task.sinkUri })} />
        <details>
          <summary>{t('create.options')}</summary>
          <OptionFields
            names={OPTION_NAMES.filter((name) => !FIXED_OPTIONS.includes(name))}
            values={draft.options}
            onValues={(options) => {
              setDraft((before) => ({ ...before, options }));
            }}
            usual={(name) => t('edit.now', { value: String(task.options[name] ?? t('app.none')) })}
            canUnset={true}
          />
        </details>
        {trouble !== undefined && <TroubleNotice trouble={trouble} />}
        {homeless(trouble?.complaints ?? [], shown).map(({ setting, found }) => (
          <p key={setting + found} class="complaint">
            {setting}: {found}
          </p>
        ))}
        <p>{isEmpty ? t('edit.nothing') : t('edit.confirm')}</p>
        <p>
          <button type="submit" class="primary" disabled={isBusy || isEmpty}>
            {t('edit.submit')}
          </button>
        </p>
        <p role="status">{isBusy && t('create.busy')}</p>
      </form>
    </FormProvider>
  );
}
