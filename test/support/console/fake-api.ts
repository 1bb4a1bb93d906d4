import type { SignedFetch } from '../../../lib/aws/signed-fetch.ts';
import { type ErrorCode, ERRORS } from '../../../lib/error-codes.ts';
import { type Problem, problemOf } from '../../../lib/http/problem.ts';
import { createTaskBody } from '../../../lib/http/request/request-schemas.ts';
import { editTaskBody } from '../../../lib/http/request/edit-schema.ts';
import { taskView } from '../../../lib/http/view/task-view.ts';
import { type TaskSummary, taskSummarySchema, type TaskView } from '../../../lib/http/view/task-view-schema.ts';
import { CdcError } from '../../../lib/errors.ts';
import { type Complaint, Rejection } from '../../../lib/task/rejection.ts';
import { listSourceHandler } from '../../../lib/http/source-handler.ts';
import type { Source } from '../../../lib/replication/endpoints/source.ts';
import { send } from '../api-events.ts';
import { MemoryServer, memorySource } from '../memory-source.ts';
import { taskRecord } from '../task-records.ts';

/** What a worker would make of a command, by the time of the next look. */
const NEXT: Readonly<Partial<Record<TaskView['state'], TaskView['state']>>> = { pausing: 'paused' };

/**
 * An API without workers, for the page of the console: tests set what it shows. Requests are checked by the real
 * schemas, and its answers are those of the real views.
 */
export class FakeApi {
  readonly tasks = new Map<string, TaskView>();
  /** Rows a second of a task. */
  readonly rates = new Map<string, number>();
  /** The requests that changed something, as `METHOD /path body`. */
  readonly sent: string[] = [];
  /** What source and sink have against the next task. */
  complaints: Complaint[] = [];
  /** What the sources of new tasks have. */
  readonly source = new MemoryServer();
  /** Instead of its own. */
  sourceMembers: Partial<Pick<Source, 'names'>> = {};
  /** Keeps answers back until it resolves. */
  slow: Promise<void> = Promise.resolve();
  /** Instead of every answer. */
  failure: (() => Promise<Response>) | undefined;
  now = (): number => Date.now();

  add(...views: readonly TaskView[]): void {
    for (const view of views) this.tasks.set(view.name, view);
  }

  change(name: string, change: Partial<TaskView>): void {
    this.tasks.set(name, { ...this.#found(name), ...change });
  }

  readonly fetch: SignedFetch = async (url, { method, body }) => {
    await this.slow;
    if (this.failure !== undefined) return this.failure();
    if (method !== 'GET')
      this.sent.push(`${method} ${url.pathname}${url.search}${body === undefined ? '' : ` ${body}`}`);
    if (url.pathname === '/sources/names') return this.#names(body);
    try {
      const [status, value] = this.#answer(method, url, body);
      return Response.json(value, { status });
    } catch (error) {
      const problem = problemOf(error, 'a-request');
      return Response.json(problem, { status: problem.status });
    }
  };

  /** An answer with an error, as the API gives it. */
  static refusal(code: ErrorCode, detail: string): Promise<Response> {
    const problem: Problem = problemOf(new CdcError(code, detail), 'a-request');
    return Promise.resolve(Response.json(problem, { status: ERRORS[code].status }));
  }

  #answer(method: string, url: URL, body: string | undefined): [number, unknown] {
    const [, , name, verb] = url.pathname.split('/').map(decodeURIComponent);
    if (name === undefined) return method === 'POST' ? [201, this.#create(body)] : [200, this.#list()];
    if (method === 'DELETE') {
      this.change(name, { state: 'dropping', desired: 'dropping' });
      return [202, { ...this.#found(name), notes: url.searchParams.has('force') ? ['Snapshots may stay.'] : [] }];
    }
    if (method === 'PATCH') editTaskBody.parse(JSON.parse(body ?? ''));
    if (verb !== undefined) this.#command(name, verb);
    const shown = this.#look(this.#found(name));
    if (method === 'GET') this.change(name, { state: NEXT[shown.state] ?? shown.state });
    return [method === 'GET' ? 200 : 202, shown];
  }

  async #names(text: string | undefined): Promise<Response> {
    const open = () => ({ ...memorySource(this.source), ...this.sourceMembers });
    const answer = await send(listSourceHandler({ open, log: () => undefined }), { text: text ?? '' });
    return new Response(answer.text, { status: answer.status });
  }

  #command(name: string, verb: string): void {
    if (verb === 'pause') this.change(name, { state: 'pausing', desired: 'paused' });
    else if (verb === 'resume' || verb === 'restart') this.change(name, { state: 'running', error: null });
    else if (verb === 'verify' || verb === 'resync') {
      const counts = { tablesTotal: 0, tablesDone: 0, tablesDiffering: 0, tablesFailed: 0, rows: 0, tables: [] };
      const times = { startedAt: null, finishedAt: null, rowsPerSecond: null, secondsLeft: null, table: null };
      this.change(name, { check: { kind: verb, state: 'waiting', ...counts, ...times } });
    }
  }

  #create(body: string | undefined): TaskView {
    const spec = createTaskBody.parse(JSON.parse(body ?? ''));
    if (this.complaints.length > 0) throw new Rejection('TASK_REJECTED', this.complaints);
    if (this.tasks.has(spec.name)) throw new CdcError('TASK_EXISTS', `There is a task named "${spec.name}" already.`);
    const now = this.now();
    const view = taskView(taskRecord(spec.name, { spec, createdAt: now, runningSince: now }), now);
    this.add(view);
    return view;
  }

  #list(): { tasks: TaskSummary[]; next: null } {
    const views = [...this.tasks.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return { tasks: views.map((view) => summary(this.#look(view))), next: null };
  }

  /** The task as it is by now. */
  #look(view: TaskView): TaskView {
    const now = this.now();
    const grown = ((this.rates.get(view.name) ?? 0) * (now - Date.parse(view.createdAt))) / 1_000;
    return { ...view, asOf: new Date(now).toISOString(), rowsApplied: view.rowsApplied + Math.floor(grown) };
  }

  #found(name: string): TaskView {
    const view = this.tasks.get(name);
    if (view === undefined) throw new CdcError('TASK_NOT_FOUND', `There is no task named "${name}".`);
    return view;
  }
}

/** A task as a list has it. */
export function summary(view: TaskView): TaskSummary {
  const phases: TaskSummary['tables']['phases'] = {};
  for (const { phase } of view.tables) phases[phase] = (phases[phase] ?? 0) + 1;
  const { leftOut, simplified, compared, dropped } = view;
  return taskSummarySchema.parse({
    ...view,
    tables: { count: view.tables.length, phases },
    leftOut: leftOut.count,
    simplified: simplified.count,
    compared: compared.count,
    dropped: dropped.count,
  });
}
