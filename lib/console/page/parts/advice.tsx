import { errorAction, errorTitle } from '../../../error-texts.ts';
import { useScope } from './scope.ts';
import { Words } from './words.tsx';

interface Coded {
  readonly code: string;
}

/** What to do about an error, in the language of the page. */
export function Advice({ code, action }: Coded & { readonly action: string }) {
  const { language } = useScope();
  return <Words text={errorAction(code, action, language)} />;
}

/** The code of an error, with what it means where the message does not say it in the language of the page. */
export function ErrorName({ code }: Coded) {
  const { language } = useScope();
  const title = errorTitle(code, language);
  return <>{title === undefined ? code : `${code}（${title}）`}</>;
}
