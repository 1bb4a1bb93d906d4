import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { Watch } from '../data/watch.ts';
import type { Language, Translate } from '../texts/translate.ts';

/** What every part of the page may use. */
export interface Scope {
  readonly t: Translate;
  readonly language: Language;
  readonly watch: Watch;
  /** Tells the user what has happened, also by a screen reader. */
  readonly tell: (text: string) => void;
}

export const ScopeContext = createContext<Scope | undefined>(undefined);

export function useScope(): Scope {
  const scope = useContext(ScopeContext);
  if (scope === undefined) throw new Error('There is no scope.');
  return scope;
}

/** Draws again whenever the watch has learnt something. */
export function useWatch(): Watch {
  const { watch } = useScope();
  const [, setCount] = useState(0);
  useEffect(
    () =>
      watch.subscribe(() => {
        setCount((count) => count + 1);
      }),
    [watch],
  );
  return watch;
}

/** The time in milliseconds since 1970, at least once a second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(Date.now());
    }, 1_000);
    return () => {
      clearInterval(timer);
    };
  }, []);
  return now;
}
