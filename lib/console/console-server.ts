import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import { type Answer, json, plain, send } from './answer.ts';
import { type Answering, apiAnswer } from './api-routes.ts';
import { isEqual, judge } from './guard.ts';
import { HTML } from './html.ts';
import type { PageFiles } from './page-files.ts';
import { readBody } from './read-body.ts';
import { troubleAnswer } from './trouble.ts';

export interface ConsoleServer {
  /** For people to open, as often as they like. */
  readonly url: string;
  /** For the program that opens the browser: other users of the machine may read its arguments, so it serves once. */
  readonly openingUrl: string;
  close(): Promise<void>;
}

const newToken = (): string => randomBytes(32).toString('base64url');

/** Serves the page and its requests, on the loopback address alone. Port 0 is any free one. */
export async function startConsoleServer(asking: Answering, page: PageFiles, port: number): Promise<ConsoleServer> {
  const token = newToken();
  const opening = { ticket: newToken(), isUsed: false };
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const at = portOf(server);
  const answer = (request: IncomingMessage): Promise<Answer> => {
    const { method = '', url = '', headers } = request;
    const asked = { method, url, headers };
    if (!opening.isUsed && method === 'GET' && isEqual(url, `/open/${opening.ticket}`)) {
      opening.isUsed = true;
      return Promise.resolve({ ...plain(303, ''), location: `/${token}/` });
    }
    const verdict = judge(asked, { token, port: at });
    if ('status' in verdict) return Promise.resolve(plain(verdict.status, verdict.reason));
    return inside(asking, page, request, verdict);
  };
  server.on('request', (request, response) => {
    void answer(request)
      .catch(troubleAnswer)
      .then((found) => {
        send(response, found);
      });
  });
  const origin = `http://127.0.0.1:${at}`;
  return { url: `${origin}/${token}/`, openingUrl: `${origin}/open/${opening.ticket}`, close: () => closed(server) };
}

interface Inside {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Answers a request that was let in. */
async function inside(asking: Answering, page: PageFiles, request: IncomingMessage, asked: Inside): Promise<Answer> {
  const { path, query } = asked;
  const { method = '' } = request;
  if (path.startsWith('api/help/')) return helpOf(page, path.slice('api/help/'.length));
  if (path.startsWith('api/')) {
    const body = await readBody(request);
    return apiAnswer(asking, { method, path: path.slice('api/'.length), query, body });
  }
  if (method !== 'GET') return plain(405, 'The page can only be read.');
  switch (path) {
    case '':
      return { status: 200, type: 'text/html', body: HTML };
    case 'page.js':
      return { status: 200, type: 'text/javascript', body: page.script };
    case 'page.css':
      return { status: 200, type: 'text/css', body: page.style };
    default:
      return plain(404, 'There is no such file.');
  }
}

const helpOf = ({ help }: PageFiles, code: string): Answer =>
  Object.hasOwn(help, code) ? json(200, { text: help[code] }) : plain(404, 'There is no such code.');

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

async function closed(server: Server): Promise<void> {
  const done = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await done;
}
