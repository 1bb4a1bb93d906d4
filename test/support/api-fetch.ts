import type { SignedFetch } from '../../lib/aws/signed-fetch.ts';
import type { ApiHandler } from '../../lib/http/api-handler.ts';
import { createTaskHandler, editTaskHandler } from '../../lib/http/declaring-handlers.ts';
import { unknownRouteHandler } from '../../lib/http/service-handlers.ts';
import {
  checkTaskHandler,
  controlTaskHandler,
  dropTaskHandler,
  listTasksHandler,
  showTaskHandler,
} from '../../lib/http/task-handlers.ts';
import { send } from './api-events.ts';
import type { ApiWorld } from './api-world.ts';

/** A `fetch` that calls the real handlers without a network, over a world in memory. */
export function apiFetch(world: ApiWorld, sent: string[] = []): SignedFetch {
  const routes: readonly (readonly [RegExp, ApiHandler])[] = [
    [/^POST \/tasks$/u, createTaskHandler(world)],
    [/^GET \/tasks$/u, listTasksHandler(world)],
    [/^GET \/tasks\/([^/]+)$/u, showTaskHandler(world)],
    [/^PATCH \/tasks\/([^/]+)$/u, editTaskHandler(world)],
    [/^DELETE \/tasks\/([^/]+)$/u, dropTaskHandler(world)],
    [/^POST \/tasks\/([^/]+)\/pause$/u, controlTaskHandler(world, 'pause')],
    [/^POST \/tasks\/([^/]+)\/resume$/u, controlTaskHandler(world, 'resume')],
    [/^POST \/tasks\/([^/]+)\/verify$/u, checkTaskHandler(world, 'verify')],
    [/^POST \/tasks\/([^/]+)\/resync$/u, checkTaskHandler(world, 'resync')],
    [/^POST \/tasks\/([^/]+)\/restart$/u, controlTaskHandler(world, 'restart')],
    [/^/u, unknownRouteHandler(world.log)],
  ];
  return async (url, { method, headers = {}, body }) => {
    const route = `${method} ${url.pathname}`;
    sent.push(route);
    const [pattern, handler] = routes.find(([each]) => each.test(route)) ?? [/^/u, unknownRouteHandler(world.log)];
    const name = pattern.exec(route)?.[1];
    const answer = await send(handler, {
      headers,
      ...(body === undefined ? {} : { text: body }),
      ...(name === undefined ? {} : { name }),
      query: Object.fromEntries(url.searchParams),
    });
    return new Response(answer.text, { status: answer.status, headers: { 'content-type': answer.type } });
  };
}
