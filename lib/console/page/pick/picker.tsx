import { useScope } from '../parts/scope.ts';
import { Words } from '../parts/words.tsx';
import { withoutSource, withSources } from './chosen.ts';
import { NameList } from './name-list.tsx';
import { useListing } from './use-listing.ts';

interface Props {
  /** The field whose text gets what is chosen. */
  readonly name: 'tables' | 'databases';
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly sourceUri: string;
  /** The option of the task, as it was typed. */
  readonly allowUntestedVersion: string | undefined;
}

/** Lists what the source has, to choose from. Whatever comes of that, names can be typed by hand. */
export function Picker({ name, value, onValue, sourceUri, allowUntestedVersion }: Props) {
  const { t } = useScope();
  const options = allowUntestedVersion === 'true' ? { options: { allowUntestedVersion: true } } : {};
  const { isBusy, trouble, found, ask } = useListing({ sourceUri, ...options });
  const [complaint] = trouble?.complaints ?? [];
  return (
    <div class="field picker">
      {found === undefined && (
        <button
          type="button"
          disabled={isBusy || sourceUri === ''}
          onClick={() => {
            ask({ database: undefined, containing: '' });
          }}
        >
          {t('pick.open')}
        </button>
      )}
      {sourceUri === '' && <span class="hint"> {t('pick.first')}</span>}
      <p role="status" class="hint">
        {isBusy && t('pick.busy')}
      </p>
      <div class="complaint" role="alert">
        {trouble !== undefined && (
          <p>
            {t('pick.failed')} {complaint?.found ?? (trouble.message === '' ? t('trouble.ended') : trouble.message)}{' '}
            <span class="hint">
              <Words text={complaint?.action ?? trouble.action} />
            </span>
          </p>
        )}
      </div>
      {found !== undefined && (
        <NameList
          key={JSON.stringify(found.wanted)}
          {...found}
          isFinal={name === 'databases' || found.names.database !== null}
          value={value}
          isBusy={isBusy}
          onAsk={ask}
          onAdd={(sources) => {
            onValue(withSources(value, sources));
          }}
          onRemove={(source) => {
            onValue(withoutSource(value, source));
          }}
        />
      )}
    </div>
  );
}
