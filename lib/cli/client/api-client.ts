import { z } from 'zod';
import type { SignedFetch } from '../../aws/signed-fetch.ts';
import { sourceNamesSchema, type SourceNamesView } from '../../http/view/source-names.ts';
import { taskListSchema, type TaskSummary, type TaskView, taskViewSchema } from '../../http/view/task-view-schema.ts';
import { withoutEnd } from '../../without-end.ts';
import { CliError, RefusedError } from './cli-error.ts';
import { inLine } from '../output/printable.ts';
import { say } from '../texts/say.ts';
import { problemLines } from './problem-lines.ts';

/** A little longer than the API ever takes to answer. */
const TIMEOUT_MS = 35_000;

const droppedSchema = taskViewSchema.extend({ notes: z.array(z.string()).default([]) });

const problemSchema = z.object({
  code: z.string(),
  detail: z.string(),
  action: z.string(),
  complaints: z
    .array(z.object({ code: z.string(), setting: z.string(), found: z.string(), action: z.string() }))
    .optional(),
});

export type TaskVerb = 'pause' | 'resume' | 'restart';

/** A client of the HTTP API of one deployment. */
export class ApiClient {
  readonly #endpoint: string;
  readonly #fetch: SignedFetch;
  readonly #timeoutMs: number;

  constructor(endpoint: string, fetch: SignedFetch, timeoutMs = TIMEOUT_MS) {
    this.#endpoint = withoutEnd(endpoint, '/');
    this.#fetch = fetch;
    this.#timeoutMs = timeoutMs;
  }

  /** Its address, for people. */
  get endpoint(): string {
    return this.#endpoint;
  }

  create(body: unknown): Promise<TaskView> {
    return this.#send(taskViewSchema, 'POST', '/tasks', JSON.stringify(body));
  }

  edit(name: string, body: unknown): Promise<TaskView> {
    return this.#send(taskViewSchema, 'PATCH', taskPath(name), JSON.stringify(body));
  }

  /** All tasks, from as many pages as there are. */
  async list(): Promise<TaskSummary[]> {
    const found: TaskSummary[] = [];
    for (let query = ''; ;) {
      const { tasks, next } = await this.#send(taskListSchema, 'GET', `/tasks${query}`);
      found.push(...tasks);
      if (next === null) return found;
      query = `?next=${encodeURIComponent(next)}`;
    }
  }

  /** What a source has, for somebody who declares a task. */
  names(body: unknown): Promise<SourceNamesView> {
    return this.#send(sourceNamesSchema, 'POST', '/sources/names', JSON.stringify(body));
  }

  show(name: string): Promise<TaskView> {
    return this.#send(taskViewSchema, 'GET', taskPath(name));
  }

  command(name: string, verb: TaskVerb): Promise<TaskView> {
    return this.#send(taskViewSchema, 'POST', `${taskPath(name)}/${verb}`);
  }

  check(name: string, kind: 'verify' | 'resync', tables: string | undefined): Promise<TaskView> {
    const query = tables === undefined ? '' : `?tables=${encodeURIComponent(tables)}`;
    return this.#send(taskViewSchema, 'POST', `${taskPath(name)}/${kind}${query}`);
  }

  /** The notes say what a forced drop may leave behind. */
  drop(name: string, force: boolean): Promise<TaskView & { notes: string[] }> {
    return this.#send(droppedSchema, 'DELETE', `${taskPath(name)}${force ? '?force=true' : ''}`);
  }

  async #send<Answer>(schema: z.ZodType<Answer>, method: string, path: string, body?: string): Promise<Answer> {
    const response = await this.#ask(method, new URL(this.#endpoint + path), body);
    const text = await response.text();
    if (!response.ok) throw refusal(response.status, text);
    const answer = schema.safeParse(jsonOf(text));
    if (answer.success) return answer.data;
    throw new CliError([say('api.strange', { endpoint: this.#endpoint })]);
  }

  async #ask(method: string, url: URL, body: string | undefined): Promise<Response> {
    const signal = AbortSignal.timeout(this.#timeoutMs);
    try {
      const content = body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } };
      return await this.#fetch(url, { method, signal, ...content });
    } catch (cause) {
      throw new CliError([say('api.away', { endpoint: this.#endpoint, reason: reasonOf(cause) })], { cause });
    }
  }
}

const taskPath = (name: string): string => `/tasks/${encodeURIComponent(name)}`;

/** The error itself only says `fetch failed`; its cause says why. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
};

function refusal(status: number, text: string): RefusedError {
  const found = problemSchema.safeParse(jsonOf(text));
  if (!found.success) return new RefusedError('', [say('api.answered', { status, text: inLine(text.slice(0, 200)) })]);
  const { data } = found;
  return new RefusedError(data.code, (language) => problemLines(data.code, data, language), data);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
