import { useState } from 'preact/hooks';
import type { TaskView } from '../../../http/view/task-view-schema.ts';
import { ActionBar } from '../actions/action-bar.tsx';
import { ActionDialog } from '../actions/action-dialog.tsx';
import type { Wanted } from '../actions/action.ts';
import { useScope, useWatch } from '../parts/scope.ts';
import { StateBadge } from '../parts/state-badge.tsx';
import { CheckPanel } from './check-panel.tsx';
import { Facts } from './facts.tsx';
import { LoadPanel } from './load-panel.tsx';
import { Notes } from './notes.tsx';
import { Options } from './options.tsx';
import { Plots } from './plots.tsx';
import { Tables } from './tables.tsx';
import { Timeline } from './timeline.tsx';
import { TroublePanel } from './trouble-panel.tsx';

/** All about one task, and what one can do with it. */
export function TaskPage({ name }: { readonly name: string }) {
  const { t } = useScope();
  const watch = useWatch();
  return (
    <>
      <p>
        <a href="#/">← {t('task.back')}</a>
      </p>
      {watch.isGone ? (
        <p class="notice calm">{t('task.gone', { name })}</p>
      ) : watch.task?.name === name ? (
        <Loaded task={watch.task} />
      ) : (
        <p>{t('app.loading')}</p>
      )}
    </>
  );
}

function Loaded({ task }: { readonly task: TaskView }) {
  const [wanted, setWanted] = useState<Wanted>();
  return (
    <>
      <div class="title">
        <h1>{task.name}</h1>
        <StateBadge state={task.state} />
      </div>
      <ActionBar task={task} onWant={setWanted} />
      <TroublePanel task={task} />
      <CheckPanel task={task} />
      <LoadPanel task={task} />
      <Plots task={task} />
      <Facts task={task} />
      <Tables task={task} onWant={setWanted} />
      <Notes task={task} />
      <Timeline task={task} />
      <Options task={task} />
      {wanted !== undefined && (
        <ActionDialog
          task={task}
          wanted={wanted}
          onClose={() => {
            setWanted(undefined);
          }}
        />
      )}
    </>
  );
}
