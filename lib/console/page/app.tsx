import { useEffect, useMemo, useState } from 'preact/hooks';
import { CreatePage } from './create/create-page.tsx';
import { EditPage } from './create/edit-page.tsx';
import { parseRoute, type Route } from './data/route.ts';
import type { Watch } from './data/watch.ts';
import { Freshness } from './freshness.tsx';
import { TaskPage } from './task/task-page.tsx';
import { HelpPage } from './help-page.tsx';
import { Header } from './header.tsx';
import { Overview } from './overview/overview.tsx';
import { ScopeContext } from './parts/scope.ts';
import { readLanguage } from './settings.ts';
import { type Language, translator } from './texts/translate.ts';

/** The whole page. */
export function App({ watch }: { readonly watch: Watch }) {
  const [language, setLanguage] = useState<Language>(readLanguage());
  const [told, setTold] = useState('');
  const route = useRoute();
  const name = route.page === 'task' || route.page === 'edit' ? route.name : undefined;
  useEffect(() => {
    watch.look(name);
  }, [watch, name]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const scope = useMemo(() => ({ t: translator(language), language, watch, tell: setTold }), [language, watch]);
  return (
    <ScopeContext.Provider value={scope}>
      <Header language={language} onLanguage={setLanguage} page={route.page} />
      <main id="content" tabIndex={-1}>
        <p role="status" class={told === '' ? 'hidden' : 'notice good'}>
          {told}
        </p>
        <Place route={route} />
      </main>
      <footer>
        <Freshness />
      </footer>
    </ScopeContext.Provider>
  );
}

function Place({ route }: { readonly route: Route }) {
  switch (route.page) {
    case 'task':
      return <TaskPage key={route.name} name={route.name} />;
    case 'help':
      return <HelpPage code={route.code} />;
    case 'edit':
      return <EditPage key={route.name} name={route.name} />;
    case 'create':
      return <CreatePage />;
    case 'tasks':
      return <Overview />;
  }
}

/** The place that the address names. A new place begins at its top. */
function useRoute(): Route {
  const [route, setRoute] = useState(parseRoute(location.hash));
  useEffect(() => {
    const follow = (): void => {
      setRoute(parseRoute(location.hash));
      scrollTo(0, 0);
      document.getElementById('content')?.focus();
    };
    addEventListener('hashchange', follow);
    return () => {
      removeEventListener('hashchange', follow);
    };
  }, []);
  return route;
}
