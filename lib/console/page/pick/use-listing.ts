import { useEffect, useRef, useState } from 'preact/hooks';
import type { SourceNamesView } from '../../../http/view/source-names.ts';
import type { Trouble } from '../../trouble.ts';
import { call } from '../data/calls.ts';

export interface Wanted {
  /** Undefined: the databases. */
  readonly database: string | undefined;
  readonly containing: string;
}

export interface Listing {
  readonly isBusy: boolean;
  readonly trouble: Trouble | undefined;
  /** What there is, and what was asked for. */
  readonly found: { readonly names: SourceNamesView; readonly wanted: Wanted } | undefined;
  readonly ask: (wanted: Wanted) => void;
}

/** Asks the API what a source has. What is known of one source counts no longer when the form names another. */
export function useListing(source: { readonly sourceUri: string; readonly options?: object }): Listing {
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const [found, setFound] = useState<Listing['found']>();
  const text = JSON.stringify(source);
  /** The request that the page waits for; all others come too late. */
  const last = useRef(0);
  const forget = (): void => {
    last.current += 1;
    setBusy(false);
    setTrouble(undefined);
    setFound(undefined);
  };
  useEffect(forget, [text]);
  const ask = (wanted: Wanted): void => {
    const mine = (last.current += 1);
    setBusy(true);
    setTrouble(undefined);
    void call<SourceNamesView>('POST', 'sources/names', { ...source, ...wanted }).then((outcome) => {
      if (mine !== last.current) return;
      setBusy(false);
      if (outcome.ok) setFound({ names: outcome.value, wanted });
      else setTrouble(outcome.trouble);
    });
  };
  return { isBusy, trouble, found, ask };
}
