import { useState } from 'preact/hooks';
import type { TaskView } from '../../../http/view/task-view-schema.ts';
import type { Trouble } from '../../trouble.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useScope } from '../parts/scope.ts';
import { TroubleNotice } from '../parts/trouble-notice.tsx';
import { isGrave, perform, type Wanted } from './action.ts';

interface Props {
  readonly task: TaskView;
  readonly wanted: Wanted;
  readonly onClose: () => void;
}

/** Says what an action will do, and does it when the user confirms. If it is refused, says why. */
export function ActionDialog({ task, wanted, onClose }: Props) {
  const { t, watch, tell } = useScope();
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const { act, table } = wanted;
  const { name } = task;
  const title = t('confirm.title', { act: t(`act.${act}`), name });
  const send = async (): Promise<void> => {
    setBusy(true);
    setTrouble(undefined);
    const done = await perform(name, wanted);
    setBusy(false);
    if (!done.ok) {
      setTrouble(done.trouble);
      return;
    }
    const { notes = [], ...view } = done.value;
    const added = notes.length === 0 ? '' : ` ${t('done.noted', { notes: notes.join(' ') })}`;
    tell(t('done.asked', { act: t(`act.${act}`), name }) + added);
    watch.take(view);
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <p>{t(`confirm.${act}`)}</p>
        {(act === 'verify' || act === 'resync') && (
          <p>{table === undefined ? t('confirm.allTables') : t('confirm.tables', { tables: table })}</p>
        )}
        {isGrave(act) && (
          <div class="field">
            <label for="confirm-name">{t('confirm.type', { name })}</label>
            <input
              id="confirm-name"
              autocomplete="off"
              value={typed}
              onInput={(event) => {
                setTyped(event.currentTarget.value);
              }}
            />
          </div>
        )}
        {trouble !== undefined && <TroubleNotice trouble={trouble} />}
        <div class="acts">
          <button
            type="submit"
            class={isGrave(act) ? 'danger' : 'primary'}
            disabled={isBusy || (isGrave(act) && typed !== name)}
          >
            {t(`act.${act}`)}
          </button>
          <button type="button" onClick={onClose}>
            {t('app.cancel')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
