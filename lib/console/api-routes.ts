import { type Answer, json, plain } from './answer.ts';
import { checkCreate, checkEdit } from './check-request.ts';
import type { ReadMetrics } from '../cli/client/open-metrics.ts';
import type { TaskApi } from './task-api.ts';

export interface RouteRequest {
  readonly method: string;
  /** Behind `api/`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** Who is asked. */
export interface Answering {
  readonly api: TaskApi;
  readonly metrics: ReadMetrics;
}

type Run = (api: TaskApi, asked: Matched) => Promise<unknown>;
type Route = readonly [method: string, path: RegExp, run: Run];

interface Matched {
  readonly metrics: ReadMetrics;
  readonly name: string;
  readonly verb: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** Everything that the page may ask for. Nothing else passes. */
const ROUTES: readonly Route[] = [
  ['GET', /^tasks$/u, async (api) => ({ tasks: await api.list() })],
  ['POST', /^tasks$/u, (api, { body }) => api.create(body)],
  ['GET', /^tasks\/(?<name>[^/]+)$/u, (api, { name }) => api.show(name)],
  ['PATCH', /^tasks\/(?<name>[^/]+)$/u, (api, { name, body }) => api.edit(name, body)],
  ['DELETE', /^tasks\/(?<name>[^/]+)$/u, (api, { name, query }) => api.drop(name, query.get('force') === 'true')],
  [
    'POST',
    /^tasks\/(?<name>[^/]+)\/(?<verb>pause|resume|restart)$/u,
    (api, { name, verb }) => api.command(name, verb as 'pause' | 'resume' | 'restart'),
  ],
  [
    'POST',
    /^tasks\/(?<name>[^/]+)\/(?<verb>verify|resync)$/u,
    (api, { name, verb, query }) => api.check(name, verb as 'verify' | 'resync', query.get('tables') ?? undefined),
  ],
  ['POST', /^sources\/names$/u, (api, { body }) => api.names(body)],
  // This asks CloudWatch.
  ['GET', /^tasks\/(?<name>[^/]+)\/metrics$/u, (_api, { metrics, name }) => metrics(name)],
  // These ask nobody.
  ['GET', /^about$/u, (api) => Promise.resolve({ endpoint: api.endpoint })],
  ['POST', /^check\/create$/u, (_api, { body }) => Promise.resolve({ complaints: checkCreate(body) })],
  ['POST', /^check\/edit$/u, (_api, { body }) => Promise.resolve({ complaints: checkEdit(body) })],
];

/** Carries out a request of the page. Throws what the API says against it. */
export async function apiAnswer(
  { api, metrics }: Answering,
  { method, path, query, body }: RouteRequest,
): Promise<Answer> {
  const named = ROUTES.filter(([, pattern]) => pattern.test(path));
  if (named.length === 0) return plain(404, 'There is no such route.');
  const route = named.find(([allowed]) => allowed === method);
  if (route === undefined) return plain(405, 'The route has another method.');
  if (body === undefined) return plain(400, 'The body is no JSON, or too large.');
  const [, pattern, run] = route;
  const { name = '', verb = '' } = pattern.exec(path)?.groups ?? {};
  const decoded = decode(name);
  if (decoded === undefined) return plain(400, 'The path cannot be decoded.');
  return json(200, await run(api, { metrics, name: decoded, verb, query, body }));
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
