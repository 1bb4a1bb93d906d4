import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { z } from 'zod';
import { declaredRoutes, decodedByHttpApi, type Route } from './declared-routes.ts';
import { localAccess } from './local-credentials.ts';

export interface HttpGateway {
  readonly endpoint: string;
  stop(): Promise<void>;
}

const answerSchema = z.object({
  statusCode: z.int(),
  headers: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  body: z.string().default(''),
});
type Answer = z.output<typeof answerSchema>;

/** API Gateway's answer if a function fails. */
const FAILED: Answer = { statusCode: 500, headers: {}, body: '{"message":"Internal Server Error"}' };

/**
 * Serves the routes of serverless.yml by invoking the deployed functions, as an HTTP API does. For emulators of AWS
 * without HTTP APIs. Does not check signatures.
 */
export async function startHttpGateway(awsEndpoint: string, stackName: string, port = 0): Promise<HttpGateway> {
  const routes = await declaredRoutes();
  const client = new LambdaClient(localAccess(awsEndpoint));
  const server = createServer((request, response) => {
    void serve(client, stackName, routes, request)
      .catch(() => FAILED)
      .then(({ statusCode, headers, body }) => response.writeHead(statusCode, headers).end(body));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const listening = typeof address === 'object' && address !== null ? address.port : port;
  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
    client.destroy();
  };
  return { endpoint: `http://127.0.0.1:${listening}`, stop };
}

async function serve(
  client: LambdaClient,
  stackName: string,
  routes: readonly Route[],
  request: IncomingMessage,
): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  for (const route of routes) {
    const parameters = route.match(request.method ?? 'GET', url.pathname);
    if (parameters === undefined) continue;
    const event = toEvent(request, url, route.key, parameters, await text(request));
    const FunctionName = `${stackName}-${route.functionName}`;
    const invocation = new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) });
    const { FunctionError, Payload } = await client.send(invocation);
    if (FunctionError !== undefined || Payload === undefined) return FAILED;
    return answerSchema.parse(JSON.parse(Payload.transformToString()));
  }
  return { statusCode: 404, headers: {}, body: '{"message":"Not Found"}' };
}

function toEvent(
  { method = 'GET', headers, socket }: IncomingMessage,
  url: URL,
  routeKey: string,
  pathParameters: Record<string, string>,
  body: string,
): APIGatewayProxyEventV2 {
  const now = new Date();
  const path = decodedByHttpApi(url.pathname);
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: url.search.slice(1),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    ...(url.search === '' ? {} : { queryStringParameters: Object.fromEntries(url.searchParams) }),
    ...(Object.keys(pathParameters).length === 0 ? {} : { pathParameters }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName: url.host,
      domainPrefix: 'local',
      http: {
        method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: socket.remoteAddress ?? '',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: crypto.randomUUID(),
      routeKey,
      stage: '$default',
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
    ...(body === '' ? {} : { body }),
    isBase64Encoded: false,
  };
}
