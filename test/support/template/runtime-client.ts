/**
 * What AWS runs beside a function's zip: it loads the handler that _HANDLER names from LAMBDA_TASK_ROOT, and speaks the
 * Lambda Runtime API, one event after another. It is the program of a process of its own.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

type Handler = (event: unknown, context: object) => Promise<unknown>;

const required = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is missing.`);
  return value;
};

const api = `http://${required('AWS_LAMBDA_RUNTIME_API')}/2018-06-01/runtime`;

const post = (path: string, body: unknown): Promise<Response> =>
  fetch(`${api}/${path}`, { method: 'POST', body: JSON.stringify(body ?? null) });

const described = (error: unknown): object =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: 'unknown', errorMessage: String(error), trace: [] };

async function load(): Promise<Handler> {
  const handler = required('_HANDLER');
  const [module, name] = [handler.slice(0, handler.lastIndexOf('.')), handler.slice(handler.lastIndexOf('.') + 1)];
  const file = pathToFileURL(join(required('LAMBDA_TASK_ROOT'), `${module}.mjs`));
  const found: unknown = ((await import(file.href)) as Record<string, unknown>)[name];
  if (typeof found !== 'function') throw new Error(`${handler} is no function.`);
  return found as Handler;
}

async function answerNext(handler: Handler): Promise<void> {
  const next = await fetch(`${api}/invocation/next`);
  const awsRequestId = next.headers.get('lambda-runtime-aws-request-id') ?? '';
  const deadline = Number(next.headers.get('lambda-runtime-deadline-ms'));
  const context = { awsRequestId, getRemainingTimeInMillis: () => deadline - Date.now() };
  try {
    await post(`invocation/${awsRequestId}/response`, await handler(await next.json(), context));
  } catch (error) {
    await post(`invocation/${awsRequestId}/error`, described(error));
  }
}

try {
  const handler = await load();
  for (;;) await answerNext(handler);
} catch (error) {
  await post('init/error', described(error));
  process.exitCode = 1;
}
