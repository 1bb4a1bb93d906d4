import { useEffect, useRef, useState } from 'preact/hooks';
import type { SourceNamesView } from '../../../http/view/source-names.ts';
import { useScope } from '../parts/scope.ts';
import { Shown } from '../parts/shown.tsx';
import { sourcesIn } from './chosen.ts';
import type { Wanted } from './use-listing.ts';

interface Props {
  readonly names: SourceNamesView;
  readonly wanted: Wanted;
  /** False: these are databases, and their tables are to be chosen. */
  readonly isFinal: boolean;
  /** The text of the field. */
  readonly value: string;
  readonly isBusy: boolean;
  readonly onAsk: (wanted: Wanted) => void;
  readonly onAdd: (sources: readonly string[]) => void;
  readonly onRemove: (source: string) => void;
}

/** Databases or tables of the source. A box narrows them down, since there may be thousands. */
export function NameList({ names, wanted, isFinal, value, isBusy, onAsk, onAdd, onRemove }: Props) {
  const { t } = useScope();
  const [text, setText] = useState(wanted.containing);
  const box = useRef<HTMLInputElement>(null);
  // The button that has brought the list is gone, and the focus with it.
  useEffect(() => {
    box.current?.focus();
  }, []);
  const { database, leftOut } = names;
  const looked = text.toLowerCase();
  const found = names.names.filter(({ name }) => name.toLowerCase().includes(looked));
  const sourceOf = (name: string): string => (database === null ? name : `${database}.${name}`);
  const chosen = sourcesIn(value);
  const free = found.filter(({ name, refusal }) => refusal === null && !chosen.has(sourceOf(name).toLowerCase()));
  const heading = database === null ? t('pick.databases') : t('pick.tables', { database });
  return (
    <fieldset>
      <legend>{heading}</legend>
      {database !== null && (
        <button
          type="button"
          class="small"
          disabled={isBusy}
          onClick={() => {
            onAsk({ database: undefined, containing: '' });
          }}
        >
          ← {t('pick.back')}
        </button>
      )}
      <input
        ref={box}
        type="search"
        aria-label={t('pick.search')}
        placeholder={t('pick.search')}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          // It is no field of the form, so Enter does not send that.
          if (event.key === 'Enter') event.preventDefault();
        }}
      />
      <p role="status" class="hint">
        {t('pick.count', { shown: found.length, count: names.names.length })}
        {leftOut > 0 && ` ${t('pick.leftOut', { count: leftOut })}`}
      </p>
      {(leftOut > 0 || wanted.containing !== '') && text !== wanted.containing && (
        <button
          type="button"
          class="small"
          disabled={isBusy}
          onClick={() => {
            onAsk({ database: wanted.database, containing: text });
          }}
        >
          {text === '' ? t('pick.all') : t('pick.ask', { text })}
        </button>
      )}
      {isFinal && free.length > 1 && (
        <button
          type="button"
          class="small"
          onClick={() => {
            onAdd(free.map(({ name }) => sourceOf(name)));
          }}
        >
          {t('pick.every', { count: free.length })}
        </button>
      )}
      <Shown all={found} key={text}>
        {(first) => (
          <ul>
            {first.map(({ name, refusal, hasPrimaryKey }, at) => (
              <li key={name}>
                {isFinal ? (
                  <label>
                    <input
                      type="checkbox"
                      aria-describedby={`picked-${at}`}
                      disabled={refusal !== null}
                      checked={chosen.has(sourceOf(name).toLowerCase())}
                      onChange={(event) => {
                        if (event.currentTarget.checked) onAdd([sourceOf(name)]);
                        else onRemove(sourceOf(name));
                      }}
                    />{' '}
                    {name}
                  </label>
                ) : (
                  <button
                    type="button"
                    class="small"
                    aria-describedby={`picked-${at}`}
                    disabled={isBusy || refusal !== null}
                    onClick={() => {
                      onAsk({ database: name, containing: '' });
                    }}
                  >
                    {name} →
                  </button>
                )}
                <span class="hint" id={`picked-${at}`}>
                  {refusal !== null && ` ${refusal}`} {hasPrimaryKey === false && t('pick.noKey')}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Shown>
    </fieldset>
  );
}
