import { useEffect, useState } from 'preact/hooks';
import { call } from '../data/calls.ts';
import type { TroubleComplaint } from '../../trouble.ts';
import { isAbout } from './complaints.ts';

const PAUSE_MS = 200;

/** What is wrong with a request as it was when it was last checked. */
export interface Check {
  readonly complaints: readonly TroubleComplaint[];
  /** Checks it as it is now. True if nothing is wrong, or nobody can say: the API looks again. */
  readonly again: () => Promise<boolean>;
  /** The user changes the field, so what was wrong with it may be so no longer. */
  readonly forget: (field: string) => void;
}

/** Checks a request shortly after each change. Only the server on this machine is asked. */
export function useCheck(kind: 'create' | 'edit', body: object): Check {
  const [complaints, setComplaints] = useState<readonly TroubleComplaint[]>([]);
  const text = JSON.stringify(body);
  useEffect(() => {
    let isStale = false;
    const timer = setTimeout(() => {
      void check(kind, text).then((found) => {
        if (!isStale) setComplaints(found);
      });
    }, PAUSE_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [kind, text]);
  const again = async (): Promise<boolean> => {
    const found = await check(kind, text);
    setComplaints(found);
    return found.length === 0;
  };
  const forget = (field: string): void => {
    setComplaints((before) => before.filter((each) => !isAbout(each, field)));
  };
  return { complaints, again, forget };
}

async function check(kind: string, text: string): Promise<readonly TroubleComplaint[]> {
  const found = await call<{ complaints: TroubleComplaint[] }>('POST', `check/${kind}`, JSON.parse(text));
  return found.ok ? found.value.complaints : [];
}
