import { routeHash } from '../data/route.ts';
import { useScope } from './scope.ts';

/** A link to what the documents say of an error. */
export function HelpLink({ code }: { readonly code: string }) {
  const { t } = useScope();
  return (
    <p>
      <a href={routeHash({ page: 'help', code })}>
        {t('trouble.help')}: <code>{code}</code>
      </a>
    </p>
  );
}
