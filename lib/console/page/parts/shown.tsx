import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useScope } from './scope.ts';

const STEP = 100;

interface Props<T> {
  readonly all: readonly T[];
  readonly children: (shown: readonly T[]) => ComponentChildren;
}

/** Draws the first hundred of a list, and more when asked: a page with thousands of rows would be slow. */
export function Shown<T>({ all, children }: Props<T>) {
  const { t } = useScope();
  const [most, setMost] = useState(STEP);
  const left = all.length - most;
  return (
    <>
      {children(all.slice(0, most))}
      {left > 0 && (
        <button
          type="button"
          class="more"
          onClick={() => {
            setMost(most + STEP);
          }}
        >
          {t('app.more', { count: Math.min(STEP, left) })}
        </button>
      )}
    </>
  );
}
