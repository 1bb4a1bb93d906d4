import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

export interface Route {
  /** `GET /tasks/{name}`, or `$default` for requests that no other route takes. */
  readonly key: string;
  readonly functionName: string;
  /** Returns the path's parameters, decoded; undefined if the request is not for this route. */
  match(method: string, path: string): Record<string, string> | undefined;
}

const SERVERLESS_YML = resolve(import.meta.dirname, '..', 'serverless.yml');

const declared = z.object({
  functions: z.record(
    z.string(),
    z.object({
      events: z
        .array(z.object({ httpApi: z.object({ method: z.string().optional(), path: z.string() }).optional() }))
        .default([]),
    }),
  ),
});

/** Reads the HTTP routes of serverless.yml, the more specific ones first. */
export async function declaredRoutes(): Promise<Route[]> {
  const { functions } = declared.parse(parse(await readFile(SERVERLESS_YML, 'utf8'), { logLevel: 'error' }));
  const routes = Object.entries(functions).flatMap(([functionName, { events }]) =>
    events.flatMap(({ httpApi }) => (httpApi === undefined ? [] : [toRoute(functionName, httpApi)])),
  );
  return routes.sort((a, b) => rank(a) - rank(b));
}

const rank = ({ key }: Route): number => (key === '$default' ? 2 : key.includes('{') ? 1 : 0);

function toRoute(functionName: string, { method = '*', path }: { method?: string | undefined; path: string }): Route {
  if (path === '*') return { key: '$default', functionName, match: () => ({}) };
  const pattern = new RegExp(`^${path.replaceAll(/\{(\w+)\}/gu, '(?<$1>[^/]+)')}$`, 'u');
  return {
    key: `${method} ${path}`,
    functionName,
    match: (asked, askedPath) => (asked === method ? parametersOf(pattern, askedPath) : undefined),
  };
}

/** Decodes a path as an HTTP API does: every escape except `%25`, so that decoding once more gives the original. */
export const decodedByHttpApi = (path: string): string =>
  path.replaceAll(/(?:%(?!25)[0-9a-f]{2})+/giu, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));

function parametersOf(pattern: RegExp, path: string): Record<string, string> | undefined {
  const found = pattern.exec(path);
  if (found === null) return undefined;
  return Object.fromEntries(Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodedByHttpApi(value)]));
}
