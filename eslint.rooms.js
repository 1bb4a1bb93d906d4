import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The rooms of `lib/`, from the bottom to the top: a room imports from rooms above it in this table, never from one below.
 * `may` names those rooms; the files at the top of `lib/` (errors, clock, log, …) and `concurrency` are open to every room.
 * `packages`: what a room alone imports from outside. docs/design.md shows the same table (`npm run docs`).
 *
 * @type {readonly { room: string; purpose: string; may: readonly string[]; packages?: readonly string[] }[]}
 */
export const ROOMS = [
  { room: 'error-catalogue', purpose: 'every error: class, scope, and what the operator should do', may: [] },
  { room: 'error-catalogue/zh', purpose: 'what the errors mean and what to do, in Chinese', may: ['error-catalogue'] },
  { room: 'concurrency', purpose: 'running things side by side, one after another, or for a time', may: [] },
  { room: 'leftovers', purpose: 'what a removed deployment leaves behind, and what of it may go', may: [] },
  { room: 'task/uri', purpose: 'database URIs, and where their passwords are', may: [] },
  { room: 'task', purpose: 'what a user declares', may: ['task/uri'] },
  {
    room: 'native',
    purpose: 'tasks of CREATE CDC, and which tasks do the same',
    may: ['task'],
    packages: ['zod'],
  },
  { room: 'data', purpose: 'what passes from source to sink', may: ['task'] },
  { room: 'record', purpose: 'what is stored of a task, and what follows from it', may: ['data', 'task'] },
  {
    room: 'record/brief',
    purpose: 'a task without what grows with its number of tables',
    may: ['record', 'data', 'task'],
  },
  { room: 'news', purpose: 'what is new of a task for others', may: ['record/brief', 'record', 'task'] },
  {
    room: 'record/shown',
    purpose: 'what only `show` and metrics tell of a task',
    may: ['record/brief', 'record', 'data', 'task'],
  },
  {
    room: 'store',
    purpose: 'interfaces of what lies outside',
    may: ['news', 'record/brief', 'record', 'task', 'task/uri'],
  },
  { room: 'replication/endpoints', purpose: 'what the engine wants of databases', may: ['data', 'task'] },
  {
    room: 'replication/session',
    purpose: 'one holding of the lease',
    may: ['replication/endpoints', 'store', 'record', 'data'],
  },
  {
    room: 'replication/history',
    purpose: 'pins held and dropped',
    may: ['replication/session', 'replication/endpoints', 'record', 'data', 'task'],
  },
  {
    room: 'replication/tables',
    purpose: 'which tables a task has, and in which condition they are',
    may: ['replication/session', 'replication/endpoints', 'record', 'data', 'task'],
  },
  {
    room: 'replication/chunks',
    purpose: 'a table in parts',
    may: ['replication/tables', 'replication/session', 'replication/endpoints', 'data', 'task'],
  },
  {
    room: 'replication/load',
    purpose: 'the load (the first copy) of the tables',
    may: [
      'replication/chunks',
      'replication/tables',
      'replication/history',
      'replication/session',
      'replication/endpoints',
      'store',
      'record',
      'data',
      'task',
    ],
  },
  {
    room: 'replication/compare',
    purpose: 'verify and resync',
    may: [
      'replication/chunks',
      'replication/tables',
      'replication/session',
      'replication/endpoints',
      'record',
      'data',
      'task',
    ],
  },
  {
    room: 'replication/large',
    purpose: 'windows that do not fit into an invocation',
    may: ['replication/session', 'replication/endpoints', 'data', 'task'],
  },
  {
    room: 'replication/window',
    purpose: 'changes, window by window',
    may: [
      'replication/large',
      'replication/load',
      'replication/compare',
      'replication/chunks',
      'replication/tables',
      'replication/history',
      'replication/session',
      'replication/endpoints',
      'record',
      'data',
      'task',
    ],
  },
  {
    room: 'replication/run',
    purpose: 'one invocation of a worker',
    may: [
      'replication/window',
      'replication/load',
      'replication/tables',
      'replication/history',
      'replication/session',
      'replication/endpoints',
      'store',
      'record',
      'data',
      'task',
    ],
  },
  {
    room: 'commands',
    purpose: 'what the API and the command line ask for',
    may: [
      'replication/tables',
      'replication/history',
      'replication/endpoints',
      'store',
      'record',
      'data',
      'task',
      'task/uri',
    ],
  },
  { room: 'schedule', purpose: 'the tick, which starts workers', may: ['store', 'record/brief', 'record'] },
  {
    room: 'events',
    purpose: 'telling others what becomes of tasks',
    may: ['store', 'news', 'record/brief', 'record', 'task'],
    packages: ['zod'],
  },
  {
    room: 'wire/driver',
    purpose: 'guards around the driver: what a server may answer, and what is said to it',
    may: ['data'],
    packages: ['mysql2'],
  },
  {
    room: 'wire',
    purpose: 'one connection to a server, with its rows and its errors',
    may: ['wire/driver', 'store', 'data', 'task/uri'],
    packages: ['mysql2'],
  },
  {
    room: 'sql',
    purpose: 'names, literals, types and conditions on keys',
    may: ['wire', 'replication/endpoints', 'data', 'task'],
  },
  { room: 'sink/dialect', purpose: 'in what sink servers differ', may: ['sql', 'wire', 'data', 'task'] },
  {
    room: 'sink/bookkeeping',
    purpose: 'fence, plans, places of loaders and owners of tables',
    may: ['sink/dialect', 'sql', 'wire', 'replication/endpoints', 'data', 'task'],
  },
  {
    room: 'sink/schema',
    purpose: 'DDL at the sink',
    may: ['sink/bookkeeping', 'sink/dialect', 'sql', 'wire', 'replication/endpoints', 'data', 'task'],
  },
  {
    room: 'sink/write',
    purpose: 'rows into tables',
    may: ['sink/schema', 'sink/bookkeeping', 'sink/dialect', 'sql', 'wire', 'replication/endpoints', 'data', 'task'],
  },
  {
    room: 'sink',
    purpose: 'a database as a sink, put together',
    may: [
      'sink/write',
      'sink/schema',
      'sink/bookkeeping',
      'sink/dialect',
      'sql',
      'wire',
      'replication/endpoints',
      'store',
      'leftovers',
      'data',
      'task',
      'task/uri',
    ],
  },
  { room: 'mysql', purpose: 'MySQL and MariaDB as a sink', may: ['sink/dialect', 'sql', 'wire', 'data', 'task'] },
  { room: 'matrixone/server', purpose: 'the errors and habits of MatrixOne', may: ['wire', 'data'] },
  {
    room: 'matrixone/definition',
    purpose: 'how MatrixOne describes a table, read as data',
    may: ['sql', 'wire', 'data', 'task'],
  },
  {
    room: 'matrixone/sink',
    purpose: 'MatrixOne as a sink',
    may: ['matrixone/definition', 'matrixone/server', 'sink/dialect', 'sql', 'wire', 'data', 'task'],
  },
  {
    room: 'matrixone/source/history',
    purpose: 'snapshots, PITRs, and positions that are safe',
    may: ['matrixone/server', 'sql', 'wire', 'data', 'task'],
  },
  {
    room: 'matrixone/source/catalog',
    purpose: 'what tables there are, and of which shape',
    may: ['matrixone/source/history', 'sql', 'wire', 'replication/endpoints', 'data', 'task'],
  },
  {
    room: 'matrixone/source/rows',
    purpose: 'key ranges, counts and checksums of rows',
    may: ['matrixone/source/history', 'matrixone/server', 'sql', 'wire', 'replication/endpoints', 'data', 'task'],
  },
  {
    room: 'matrixone/source/poll',
    purpose: 'whether anything has changed',
    may: ['matrixone/source/history', 'matrixone/server', 'sql', 'wire', 'data', 'task'],
  },
  {
    room: 'matrixone/source/changes',
    purpose: 'the readers of changes, and the choice among them',
    may: [
      'matrixone/source/poll',
      'matrixone/source/rows',
      'matrixone/source/catalog',
      'matrixone/source/history',
      'matrixone/definition',
      'matrixone/server',
      'sql',
      'wire',
      'replication/endpoints',
      'data',
      'task',
    ],
  },
  {
    room: 'matrixone/source',
    purpose: 'MatrixOne as a source, put together',
    may: [
      'matrixone/source/changes',
      'matrixone/source/poll',
      'matrixone/source/rows',
      'matrixone/source/catalog',
      'matrixone/source/history',
      'matrixone/definition',
      'matrixone/server',
      'sql',
      'wire',
      'replication/endpoints',
      'store',
      'leftovers',
      'native',
      'data',
      'task',
      'task/uri',
    ],
  },
  {
    room: 'aws',
    purpose: 'Lambda, Secrets Manager, Parameter Store, EventBridge and signed requests',
    may: ['store', 'task/uri'],
    packages: ['@aws-sdk', '@smithy'],
  },
  {
    room: 'aws/account',
    purpose: 'stacks, tables and secrets of all deployments of an account',
    may: ['aws', 'leftovers'],
    packages: ['@aws-sdk'],
  },
  {
    room: 'aws/logs',
    purpose: 'the log lines of tasks in CloudWatch',
    may: ['aws'],
    packages: ['@aws-sdk'],
  },
  {
    room: 'dynamodb/items',
    purpose: 'the items of a task, as they are stored and as older versions stored them',
    may: ['record/brief', 'record', 'data', 'task'],
    packages: ['zod'],
  },
  {
    room: 'dynamodb',
    purpose: 'the task store',
    may: ['dynamodb/items', 'aws', 'store', 'news', 'record/brief', 'record', 'data', 'task'],
    packages: ['@aws-sdk', 'zod'],
  },
  {
    room: 'deployment',
    purpose: 'the parameters of a deployment: serverless.yml asks it, and nothing imports it',
    may: [],
  },
  {
    room: 'metrics',
    purpose: 'metrics in the log',
    may: ['schedule', 'replication/session', 'record/shown', 'record/brief', 'record', 'task'],
  },
  {
    room: 'aws/metrics',
    purpose: 'the metrics of single tasks in CloudWatch',
    may: ['aws', 'metrics'],
    packages: ['zod'],
  },
  {
    room: 'http/request',
    purpose: 'what a request may say',
    may: ['record', 'task'],
    packages: ['zod', '@middy'],
  },
  {
    room: 'http/view',
    purpose: 'what the API shows',
    may: ['http/request', 'record/shown', 'record/brief', 'record', 'data', 'task', 'task/uri'],
    packages: ['zod'],
  },
  {
    room: 'http',
    purpose: 'the API: routes to commands, errors to problems',
    may: ['http/view', 'http/request', 'events', 'commands', 'store', 'record', 'task'],
    packages: ['@middy', 'zod'],
  },
  {
    room: 'cli/output',
    purpose: 'what the command line prints',
    may: ['http/view', 'record', 'task', 'task/uri'],
    packages: ['yaml'],
  },
  { room: 'cli/texts', purpose: 'what the command line says when it refuses or asks, one file a language', may: [] },
  {
    room: 'cli/client',
    purpose: 'how the command line asks the API',
    may: ['cli/texts', 'cli/output', 'http/view', 'aws', 'aws/logs', 'aws/metrics', 'task'],
    packages: ['zod'],
  },
  {
    room: 'console',
    purpose: 'the server of `mo_cdc console`: the page, and what it may ask of the API',
    may: ['cli/client', 'cli/texts', 'http/view', 'http/request', 'task'],
    packages: ['zod'],
  },
  { room: 'console/page/texts', purpose: 'what the page says, one file a language', may: [] },
  {
    room: 'console/page/data',
    purpose: 'what the page knows, and how it asks',
    may: ['console', 'http/view', 'task'],
  },
  {
    room: 'console/page/parts',
    purpose: 'pieces that several places of the page show',
    may: ['console/page/data', 'console/page/texts', 'console', 'cli/output', 'task'],
    packages: ['preact', 'uplot'],
  },
  {
    room: 'console/page/overview',
    purpose: 'all tasks',
    may: ['console/page/parts', 'console/page/data', 'console/page/texts', 'http/view', 'task'],
    packages: ['preact'],
  },
  {
    room: 'console/page/actions',
    purpose: 'commands, after a confirmation',
    may: ['console/page/parts', 'console/page/data', 'console/page/texts', 'console', 'http/view', 'task'],
    packages: ['preact'],
  },
  {
    room: 'console/page/task',
    purpose: 'all about one task',
    may: [
      ...['console/page/actions', 'console/page/parts', 'console/page/data', 'console/page/texts', 'console'],
      ...['http/view', 'task'],
    ],
    packages: ['preact'],
  },
  {
    room: 'console/page/pick',
    purpose: 'what a source has, to choose from',
    may: ['console/page/parts', 'console/page/data', 'console', 'http/view'],
    packages: ['preact'],
  },
  {
    room: 'console/page/create',
    purpose: 'the forms that create and edit tasks',
    may: [
      'console/page/pick',
      'console/page/parts',
      'console/page/data',
      'console/page/texts',
      'console',
      'http/view',
      'task',
    ],
    packages: ['preact'],
  },
  {
    room: 'console/page',
    purpose: 'the page in the browser, put together',
    may: [
      ...['console/page/create', 'console/page/task', 'console/page/actions', 'console/page/overview'],
      ...['console/page/parts', 'console/page/data', 'console/page/texts'],
    ],
    packages: ['preact'],
  },
  {
    room: 'cli/flags',
    purpose: 'the flags of options, and how their values are read',
    may: ['cli/client', 'cli/texts', 'task', 'task/uri'],
    packages: ['commander'],
  },
  {
    room: 'cli/help',
    purpose: 'topics of help, and completion in shells',
    may: ['task'],
    packages: ['commander'],
  },
  {
    room: 'cli/declared',
    purpose: 'tasks in files: read, compared, applied and exported',
    may: ['cli/client', 'cli/texts', 'cli/output', 'http/request', 'http/view', 'task', 'task/uri'],
    packages: ['yaml', 'zod'],
  },
  {
    room: 'cli/importing',
    purpose: 'tasks of CREATE CDC become tasks of the product',
    may: ['cli/declared', 'cli/client', 'cli/texts', 'cli/output', 'native', 'task', 'task/uri'],
  },
  {
    room: 'cli/watching',
    purpose: 'what goes on until somebody stops it: live tables, and logs',
    may: ['cli/client', 'cli/texts', 'cli/output', 'http/view', 'task'],
  },
  {
    room: 'cli',
    purpose: 'the command line `mo_cdc`',
    may: [
      'console',
      'cli/watching',
      'cli/importing',
      'cli/declared',
      'cli/help',
      'cli/flags',
      'cli/client',
      'cli/texts',
      'cli/output',
      'http/view',
      'aws/account',
      'leftovers',
      'native',
      'task',
      'task/uri',
    ],
    packages: ['commander'],
  },
];

/** Packages that only the rooms with them in `packages` may import. */
const GUARDED = ['mysql2', '@aws-sdk', '@smithy', '@middy', 'zod', 'commander', 'yaml', 'preact', 'uplot'];

const names = ROOMS.map(({ room }) => room);
for (const [i, { room, may }] of ROOMS.entries()) {
  const upwards = may.filter((each) => !names.slice(0, i).includes(each));
  if (upwards.length > 0) throw new Error(`${room} must not import ${upwards.join(', ')}: not above it in the table.`);
}

const quoted = (text) => text.replaceAll(/[.*+?^${}()|[\]\\/]/gu, String.raw`\$&`);

const relative = (from, to) => {
  const found = path.posix.relative(from, to);
  return quoted(found.startsWith('.') ? found : `./${found}`);
};

/** A relative import of no allowed room, nor of a file at the top of `lib/`; the composition there is for functions. */
function strangerTo({ room, may }) {
  const here = `lib/${room}`;
  const folders = [room, 'concurrency', ...may].map((other) =>
    other === room ? '\\.' : relative(here, `lib/${other}`),
  );
  const top = `${relative(here, 'lib')}/(?!connectors\\b)[\\w-]+\\.ts`;
  return `^(?!(?:${[...folders.map((folder) => `${folder}/[\\w-]+\\.tsx?`), top, '(?:\\.\\./)+package\\.json', '\\./[\\w-]+\\.css'].join('|')})$)\\.`;
}

const packageRule = (allowed) => ({
  group: GUARDED.filter((name) => !allowed.includes(name)).flatMap((name) => [name, `${name}/*`]),
  message: 'Another room imports this package (eslint.rooms.js).',
});

/** One rule a room. */
export const roomRules = ROOMS.map((room) => ({
  files: [`lib/${room.room}/*.ts`, `lib/${room.room}/*.tsx`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          packageRule(room.packages ?? []),
          {
            regex: strangerTo(room),
            message: `lib/${room.room} may import ${room.may.join(', ') || 'no other room'} (eslint.rooms.js).`,
          },
        ],
      },
    ],
  },
}));

const IMPORT = /(?:from|import)\s*\(?\s*'(\.[^']+)'/gu;

function neighbours(file) {
  if (!/\.tsx?$/u.test(file) || !existsSync(file)) return [];
  const found = [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(([, to]) => path.join(path.dirname(file), to));
  return found.filter((to) => path.dirname(to) === path.dirname(file));
}

/** Between rooms the table leaves no circle; within one, imports of types count as well. */
const noCircle = {
  create: (context) => ({
    Program(node) {
      const seen = new Set();
      const queue = neighbours(context.filename);
      for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
        if (file === context.filename) {
          context.report({ node, message: 'This file imports itself through files of its room.' });
          return;
        }
        if (seen.has(file)) continue;
        seen.add(file);
        queue.push(...neighbours(file));
      }
    },
  }),
};

export const rooms = { rules: { 'no-circle': noCircle } };
