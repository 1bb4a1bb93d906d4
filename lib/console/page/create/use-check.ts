import { useEffect, useState } from 'preact/hooks';
import { call } from '../data/calls.ts';
import type { TroubleComplaint } from '../../trouble.ts';

const PAUSE_MS = 200;

type Kind = 'create' | 'edit';

/** What is wrong with a request; nothing if this cannot be asked, since the API looks again. */
export async function check(kind: Kind, body: unknown): Promise<readonly TroubleComplaint[]> {
  const found = await call<{ complaints: TroubleComplaint[] }>('POST', `check/${kind}`, body);
  return found.ok ? found.value.complaints : [];
}

/** What is wrong with a request so far. It is asked again shortly after each change, of this machine alone. */
export function useCheck(kind: Kind, body: object): readonly TroubleComplaint[] {
  const [complaints, setComplaints] = useState<readonly TroubleComplaint[]>([]);
  const text = JSON.stringify(body);
  useEffect(() => {
    let isStale = false;
    const timer = setTimeout(() => {
      void check(kind, JSON.parse(text)).then((found) => {
        if (!isStale) setComplaints(found);
      });
    }, PAUSE_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [kind, text]);
  return complaints;
}
