import { useState } from 'preact/hooks';
import type { TaskView } from '../../../http/view/task-view-schema.ts';
import { optionKind, type OptionName } from '../../../task/options.ts';
import { call } from '../data/calls.ts';
import { routeHash } from '../data/route.ts';
import { Picker } from '../pick/picker.tsx';
import { CopyText } from '../parts/copy-text.tsx';
import { useScope } from '../parts/scope.ts';
import { TroubleNotice } from '../parts/trouble-notice.tsx';
import { homeless } from './complaints.ts';
import { createBody, type Draft, EMPTY_DRAFT } from './draft.ts';
import { createCommand, createYaml } from './equivalents.ts';
import { ChoiceField, LinesField, TextField } from './field.tsx';
import { FormProvider, useForm, useSubmission } from './form-state.ts';
import { OptionFields } from './option-fields.tsx';
import { UriField } from './uri-field.tsx';

const FIELDS = ['taskName', 'sourceUri', 'sinkType', 'sinkUri', 'level', 'tables', 'databases', 'exclude', 'options'];

/** The form of a new task. */
export function CreatePage() {
  const { t, tell } = useScope();
  const [draft, setDraft] = useState<Draft>(EMPTY_DRAFT);
  const body = createBody(draft);
  const { form, trouble, isBusy, submit } = useSubmission('create', body);
  const set =
    (name: keyof Draft) =>
    (value: string): void => {
      setDraft((before) => ({ ...before, [name]: value }));
    };
  const send = async () => {
    const found = await call<TaskView>('POST', 'tasks', body);
    if (!found.ok) return found.trouble;
    tell(t('done.created', { name: found.value.name }));
    location.hash = routeHash({ page: 'task', name: found.value.name });
    return undefined;
  };
  const field = (name: Exclude<keyof Draft, 'options'>) => ({ name, value: draft[name], onValue: set(name) });
  return (
    <FormProvider value={form}>
      <h1>{t('create.heading')}</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit(send);
        }}
      >
        <TextField {...field('taskName')} label={t('create.name')} />
        <UriField {...field('sourceUri')} label={t('create.sourceUri')} hint={t('create.uriHint')} />
        <ChoiceField
          {...field('sinkType')}
          label={t('create.sinkType')}
          choices={[
            ['matrixone', 'MatrixOne'],
            ['mysql', 'MySQL / MariaDB'],
          ]}
        />
        <UriField {...field('sinkUri')} label={t('create.sinkUri')} hint={t('create.uriHint')} />
        <Selection draft={draft} field={field} />
        <details>
          <summary>{t('create.options')}</summary>
          <OptionFields
            values={draft.options}
            onValues={(options) => {
              setDraft((before) => ({ ...before, options }));
            }}
            usual={(name) => t('create.usual', { value: usualText(name, t('app.none')) })}
            canUnset={false}
          />
        </details>
        {trouble !== undefined && <TroubleNotice trouble={trouble} heading={t('create.complaints')} />}
        {homeless(trouble?.complaints ?? [], FIELDS).map(({ setting, found }) => (
          <p key={setting + found} class="complaint">
            {setting}: {found}
          </p>
        ))}
        <p>
          <button type="submit" class="primary" disabled={isBusy}>
            {t('create.submit')}
          </button>
        </p>
        <p role="status">{isBusy && t('create.busy')}</p>
      </form>
      <h2>{t('create.equivalent')}</h2>
      <p class="hint">{t('create.equivalentHint')}</p>
      <CopyText label={t('create.command')} text={createCommand(draft)} />
      <CopyText label={t('create.yaml')} text={createYaml(draft)} />
    </FormProvider>
  );
}

const usualText = (name: OptionName, none: string): string => {
  const usual = optionKind(name).default;
  return usual === null ? none : String(usual);
};

interface SelectionProps {
  readonly draft: Draft;
  readonly field: (name: 'level' | 'tables' | 'databases' | 'exclude') => {
    readonly name: string;
    readonly value: string;
    readonly onValue: (value: string) => void;
  };
}

/** Which tables the task copies. */
function Selection({ draft: { level, sourceUri, options }, field }: SelectionProps) {
  const { t } = useScope();
  const form = useForm();
  const picker = (name: 'tables' | 'databases') => {
    const { value, onValue } = field(name);
    const change = (text: string): void => {
      form.touch(name);
      onValue(text);
    };
    return { name, value, onValue: change, sourceUri, allowUntestedVersion: options.allowUntestedVersion };
  };
  return (
    <>
      <ChoiceField
        {...field('level')}
        label={t('create.level')}
        choices={(['table', 'database', 'account'] as const).map((each) => [each, t(`level.${each}Long`)] as const)}
      />
      {level === 'table' && (
        <>
          <LinesField {...field('tables')} label={t('create.tables')} hint={t('create.tablesHint')} />
          <Picker key="tables" {...picker('tables')} />
        </>
      )}
      {level === 'database' && (
        <>
          <LinesField {...field('databases')} label={t('create.databases')} hint={t('create.databasesHint')} />
          <Picker key="databases" {...picker('databases')} />
        </>
      )}
      {level !== 'table' && (
        <LinesField {...field('exclude')} label={t('create.exclude')} hint={t('create.excludeHint')} />
      )}
    </>
  );
}
