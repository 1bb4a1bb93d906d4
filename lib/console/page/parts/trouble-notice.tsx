import type { Trouble } from '../../trouble.ts';
import { CONSOLE_ENDED } from '../data/calls.ts';
import { Advice } from './advice.tsx';
import { HelpLink } from './help-link.tsx';
import { useScope } from './scope.ts';

/** Why something did not work, and what to do. Complaints about fields stand beside the fields. */
export function TroubleNotice({ trouble, heading }: { readonly trouble: Trouble; readonly heading?: string }) {
  const { t } = useScope();
  const isEnded = trouble.code === CONSOLE_ENDED;
  // Complaints stand beside their fields, and the message repeats them.
  const isTold = trouble.complaints.length > 0;
  return (
    <div class="notice bad" role="alert">
      <strong>{heading ?? t(trouble.answered ? 'trouble.refused' : 'trouble.unreachable')}</strong>
      {!isTold && <p>{isEnded ? t('trouble.ended') : trouble.message}</p>}
      {!isTold && trouble.action !== '' && (
        <p>
          <Advice code={trouble.code} action={trouble.action} />
        </p>
      )}
      {!isEnded && trouble.code !== '' && <HelpLink code={trouble.code} />}
    </div>
  );
}
