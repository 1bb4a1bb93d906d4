/** A place in the page. Its address is behind the `#`, so that the server never sees it. */
export type Route =
  | { readonly page: 'tasks' }
  | { readonly page: 'task' | 'edit'; readonly name: string }
  | { readonly page: 'create' }
  | { readonly page: 'help'; readonly code: string };

export function parseRoute(hash: string): Route {
  const [page, text = ''] = hash.replace(/^#\/?/u, '').split('/');
  const name = decode(text);
  if ((page === 'task' || page === 'edit') && name !== '') return { page, name };
  if (page === 'help') return { page, code: name };
  return { page: page === 'create' ? 'create' : 'tasks' };
}

export function routeHash(route: Route): string {
  switch (route.page) {
    case 'tasks':
      return '#/';
    case 'create':
      return '#/create';
    case 'help':
      return `#/help/${encodeURIComponent(route.code)}`;
    case 'task':
    case 'edit':
      return `#/${route.page}/${encodeURIComponent(route.name)}`;
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
