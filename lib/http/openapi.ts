import { z } from 'zod';
import { ERRORS } from '../error-codes.ts';
import { SECURITY_SCHEMES, SERVER } from './openapi-access.ts';
import { eventSchema } from '../events/event-schema.ts';
import { editTaskBody } from './request/edit-schema.ts';
import { createTaskBody } from './request/request-schemas.ts';
import { sourceNamesBody } from './request/source-schema.ts';
import { listQuery } from './request/queries.ts';
import { sourceNamesSchema } from './view/source-names.ts';
import { taskListSchema, taskViewSchema } from './view/task-view-schema.ts';

const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().meta({ enum: Object.keys(ERRORS) }),
  action: z.string().meta({ description: 'What to do' }),
  complaints: z
    .array(z.object({ code: z.string(), setting: z.string(), found: z.string(), action: z.string() }))
    .optional()
    .meta({ description: 'Every reason why a request was refused' }),
});

const schemaOf = (schema: z.ZodType): object => {
  const found = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' });
  delete found.$schema;
  return found;
};

const EVENT = {
  operationId: 'taskEvent',
  tags: ['service'],
  summary:
    'An event of a task on the default bus of EventBridge, if the deployment has `events` on; never sent to a URL',
  requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/TaskEvent' } } } },
  responses: { default: { description: 'EventBridge delivers it to the targets of rules' } },
};

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const TASK = ref('Task');
const NOTED = { allOf: [TASK, { type: 'object', properties: { notes: schemaOf(z.array(z.string())) } }] };
const PARAMETERS = [
  { name: 'name', in: 'path', required: true, schema: { type: 'string' }, description: 'The name of the task' },
];

const TABLES = {
  name: 'tables',
  in: 'query',
  schema: { type: 'string' },
  description: 'Source tables as db.table, separated by commas; all tables if it is left out',
};

const query = (name: string, description: string, schema: object) => ({ name, in: 'query', schema, description });

const FORCE = query(
  'force',
  'true: drop even if source or sink cannot be cleaned up; the notes say what may stay behind',
  { type: 'string', enum: ['true', 'false'] },
);

const LIST = [
  query('state', 'Only tasks in one of these states, separated by commas', { type: 'string' }),
  query('limit', 'The most tasks in one page', schemaOf(listQuery.shape.limit)),
  query('next', 'The `next` of the page before', { type: 'string' }),
];

const json = (schema: object) => ({ 'application/json': { schema } });
/** API Gateway's own answers are shorter: 401 and 403 to strangers, and 429. */
const refusal = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ref('Problem') }, ...json(ref('GatewayMessage')) },
});

const operation = (operationId: string, summary: string, status: number, schema: object, more: object = {}) => ({
  operationId,
  summary,
  tags: ['tasks'],
  ...more,
  responses: {
    [status]: { description: 'Done', content: json(schema) },
    '4XX': refusal('Refused'),
    '5XX': refusal('Failed: try again'),
  },
});

const ofOneTask = (operationId: string, summary: string, status: number, more: readonly object[] = []) =>
  operation(operationId, summary, status, TASK, { parameters: [...PARAMETERS, ...more] });

/** The OpenAPI document. It is made from the schemas that the API checks requests with. */
export const openApiDocument = () => ({
  openapi: '3.1.0',
  info: { title: 'Change data capture for MatrixOne', version: '1', license: { name: 'MIT', identifier: 'MIT' } },
  servers: [SERVER],
  // The deployment chooses one of them (its parameter `auth`).
  security: [{ aws_iam: [] }, { jwt: [] }],
  tags: [
    { name: 'tasks', description: 'What is copied from where to where' },
    { name: 'service', description: 'The API itself' },
  ],
  paths: {
    '/tasks': {
      get: operation('listTasks', 'List the tasks, sorted by name, page by page', 200, ref('TaskList'), {
        parameters: LIST,
      }),
      post: operation('createTask', 'Check source and sink, then create a task and start it', 201, NOTED, {
        requestBody: { required: true, content: json(ref('NewTask')) },
      }),
    },
    '/tasks/{name}': {
      get: ofOneTask('showTask', 'Show one task', 200),
      patch: operation('editTask', 'Change what a task copies, and how, while it runs', 202, TASK, {
        parameters: PARAMETERS,
        requestBody: { required: true, content: json(ref('TaskEdit')) },
      }),
      delete: operation('dropTask', 'Drop a task; the tables of the sink stay', 202, NOTED, {
        parameters: [...PARAMETERS, FORCE],
      }),
    },
    '/tasks/{name}/pause': {
      post: ofOneTask(
        'pauseTask',
        'Stop between two transactions; the source keeps the history that the task needs to go on',
        202,
      ),
    },
    '/tasks/{name}/resume': { post: ofOneTask('resumeTask', 'Go on from the checkpoint, also after an error', 202) },
    '/tasks/{name}/verify': {
      post: ofOneTask('verifyTask', 'Compare source and sink; see `check` of the task', 202, [TABLES]),
    },
    '/tasks/{name}/resync': {
      post: ofOneTask('resyncTask', 'Compare source and sink, and repair the sink', 202, [TABLES]),
    },
    '/tasks/{name}/restart': { post: ofOneTask('restartTask', 'Copy everything anew', 202) },
    '/sources/names': {
      post: operation(
        'listSource',
        'List the databases of a source, or the tables of one of them',
        200,
        ref('SourceNames'),
        {
          requestBody: { required: true, content: json(ref('SourceNamesAsked')) },
        },
      ),
    },
    '/health': {
      get: operation('health', 'Does the API answer?', 200, { type: 'object' }, { tags: ['service'], security: [] }),
    },
    '/openapi.json': { get: operation('openapi', 'This document', 200, { type: 'object' }, { tags: ['service'] }) },
  },
  webhooks: { taskEvent: { post: EVENT } },
  components: {
    securitySchemes: SECURITY_SCHEMES,
    schemas: {
      Task: schemaOf(taskViewSchema),
      TaskList: schemaOf(taskListSchema),
      NewTask: schemaOf(createTaskBody),
      TaskEdit: schemaOf(editTaskBody),
      SourceNamesAsked: schemaOf(sourceNamesBody),
      SourceNames: schemaOf(sourceNamesSchema),
      Problem: schemaOf(problemSchema),
      GatewayMessage: schemaOf(z.object({ message: z.string() })),
      TaskEvent: schemaOf(eventSchema),
    },
  },
});
