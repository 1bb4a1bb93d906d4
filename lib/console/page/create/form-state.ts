import { createContext } from 'preact';
import { useContext, useState } from 'preact/hooks';
import type { Trouble, TroubleComplaint } from '../../trouble.ts';
import { isAbout } from './complaints.ts';
import { useCheck } from './use-check.ts';

/** What the fields of a form need to know of it. */
export interface FormState {
  /** The complaints to show beside a field. */
  of(field: string): readonly TroubleComplaint[];
  /** The user has changed the field. */
  touch(field: string): void;
}

const FormContext = createContext<FormState>({ of: () => [], touch: () => undefined });
export const FormProvider = FormContext.Provider;
export const useForm = (): FormState => useContext(FormContext);

export interface Submission {
  readonly form: FormState;
  readonly trouble: Trouble | undefined;
  readonly isBusy: boolean;
  /** Shows every complaint from now on, and sends the form unless there are any. */
  readonly submit: (send: () => Promise<Trouble | undefined>) => Promise<void>;
}

/**
 * What is wrong with the fields shows beside those that the user has changed, and beside all once the form was to be
 * sent. What source and sink had against a request shows until the field is changed.
 */
export function useSubmission(kind: 'create' | 'edit', body: object): Submission {
  const { complaints, again, forget } = useCheck(kind, body);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const [refused, setRefused] = useState<readonly TroubleComplaint[]>([]);
  const of = (field: string): TroubleComplaint[] => {
    const found = isTried || touched.has(field) ? complaints.filter((each) => isAbout(each, field)) : [];
    const more = refused.filter((each) => isAbout(each, field) && !found.some((one) => one.found === each.found));
    return [...found, ...more];
  };
  const touch = (field: string): void => {
    forget(field);
    setTouched((before) => new Set([...before, field]));
    setRefused((before) => before.filter((each) => !isAbout(each, field)));
  };
  const submit = async (send: () => Promise<Trouble | undefined>): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setTrouble(undefined);
    // The last check may be of what was there before the last key.
    const isFine = await again();
    setTried(true);
    const found = isFine ? await send() : undefined;
    setBusy(false);
    setTrouble(found);
    setRefused(found?.complaints ?? []);
  };
  return { form: { of, touch }, trouble, isBusy, submit };
}
