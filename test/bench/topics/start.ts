import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { bundle } from '../../../localstack/bundle.ts';
import { LOCAL_CREDENTIALS } from '../../../localstack/local-credentials.ts';
import { workerOptions } from '../../support/memory/worker.ts';
import { median } from '../statistics.ts';
import type { Report, Topic } from '../topic.ts';

/** What a function is asked first. The table is empty: the worker finds no such task, and has nothing to do. */
const EVENTS: Readonly<Record<string, unknown>> = {
  health: { requestContext: { http: { method: 'GET', path: '/health' } }, headers: {}, rawPath: '/health' },
  'list-tasks': { requestContext: { http: { method: 'GET', path: '/tasks' } }, headers: {}, rawPath: '/tasks' },
  tick: {},
  replicate: { taskName: 'nothing' },
};

/** Milliseconds from the start of the process. */
interface Start {
  readonly loaded: number;
  readonly answered: number;
  readonly residentMiB: number;
}

/** Runs as a module of its own: Lambda's runtime does much the same. */
const FIRST_CALL = `
  const [file, event] = process.argv.slice(1);
  const { handler } = await import(file);
  const loaded = performance.now();
  await handler(JSON.parse(event), { awsRequestId: '1', getRemainingTimeInMillis: () => 900_000 });
  const answered = performance.now();
  const residentMiB = process.memoryUsage.rss() / 1024 / 1024;
  process.stdout.write('\\n' + JSON.stringify({ loaded, answered, residentMiB }), () => process.exit(0));
`;

async function startOnce(file: string, event: unknown, env: Readonly<Record<string, string>>): Promise<Start> {
  const args = ['--input-type=module', '--eval', FIRST_CALL, file, JSON.stringify(event)];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number]>]);
  if (code !== 0) throw new Error(`${file} ended with ${code}: ${printed}`);
  return JSON.parse(printed.slice(printed.lastIndexOf('\n'))) as Start;
}

/** All of DynamoDB that is asked of an empty table: no task is there, and no condition on one holds. */
function emptyTable(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const refused = request.headers['x-amz-target']?.toString().endsWith('.UpdateItem') === true;
  const none = { Items: [], Count: 0, ScannedCount: 0 };
  const body = refused ? { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' } : none;
  response.writeHead(refused ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
}

const TIMES = 15;

export const start: Topic = {
  name: 'start',
  summary: 'the size of functions, and how long a process takes from its start to its first answer',
  run: async ({ options, tell }) => [await measure(options.rounds ?? TIMES, tell)],
};

async function measure(times: number, tell: (text: string) => void): Promise<Report> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'mo-cdc-start-'));
  const dynamoDb = createServer(emptyTable);
  try {
    dynamoDb.listen(0, '127.0.0.1');
    await once(dynamoDb, 'listening');
    await bundle(scratch);
    const env = {
      ...LOCAL_CREDENTIALS,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(dynamoDb.address() as AddressInfo).port}`,
      TABLE_NAME: 'tasks',
      WORKER_FUNCTION: 'worker',
      LOADER_FUNCTION: 'worker',
      STAGE: 'bench',
      TASK_METRICS: 'on',
      SECRET_PREFIX: 'bench',
      NODE_OPTIONS: await workerOptions(),
    };
    const rows: string[][] = [];
    for (const [name, event] of Object.entries(EVENTS)) {
      tell(`starting ${name} ${times} times …`);
      const file = path.join(scratch, 'functions', `${name}.mjs`);
      const starts: Start[] = [];
      for (let i = 0; i < times; i++) starts.push(await startOnce(file, event, env));
      const of = (what: keyof Start): string => median(starts.map((each) => each[what])).toFixed(0);
      const size = ((await stat(file)).size / 1_000).toFixed(0);
      rows.push([name, size, of('loaded'), of('answered'), of('residentMiB')]);
    }
    return {
      question: 'how long does a function take from the start of its process to its first answer?',
      columns: ['function', 'kB', 'loaded: ms', 'answered: ms', 'resident: MiB'],
      rows,
      conditions: [
        `medians of ${times} processes with ${env.NODE_OPTIONS}, and a DynamoDB that answers at once`,
        "what Lambda takes before a function's process is there is not in it",
      ],
    };
  } finally {
    dynamoDb.close();
    dynamoDb.closeAllConnections();
    await rm(scratch, { recursive: true, force: true });
  }
}
