import type { Findings, FoundTable } from './findings.ts';

/**
 * - `left`: nothing uses it any more. It is removed on request.
 * - `used`: it belongs to a task that lives, or may live. It is never removed.
 * - `unknown`: no table here has its task, so it may be another deployment's. It is removed only if its task is named.
 */
export type Verdict = 'left' | 'used' | 'unknown';

export interface Judged {
  readonly kind: 'table' | 'secret' | 'source' | 'sink';
  /** The name of the table or secret, or the id of the task. */
  readonly name: string;
  readonly what: string;
  readonly verdict: Verdict;
  readonly why: string;
}

/** What is so young may belong to a task that is just being created, and is in no table yet. Milliseconds. */
export const YOUNG_MS = 3_600_000;

/**
 * Says of everything that was found whether it may go. Whatever came before the tables were read must have been found
 * before, too: a task is stored before anything of it is needed, so a task that lives is in the tables by then.
 */
export function judge(findings: Findings, now: number, named: ReadonlySet<string> = new Set()): Judged[] {
  const { stage, tables, secrets, traces } = findings;
  const own = tables.filter(({ name }) => name.startsWith(tablePrefix(stage)));
  const judged = own.map((table) => judgeTable(table, findings.isDeploying, now));
  const left = new Set(judged.filter(({ verdict }) => verdict === 'left').map(({ name }) => name));
  const alive = idsIn(tables.filter(({ name }) => !left.has(name)));
  const gone = idsIn(tables.filter(({ name }) => left.has(name)));
  const wanted = new Set([...named].map(plain));

  const ofSecrets = secrets.map(({ name, taskId, createdAt }): Judged => {
    const base = { kind: 'secret', name, what: `of the task ${taskId}` } as const;
    const use = useOf(taskId, createdAt);
    if (use !== undefined) return { ...base, ...use };
    gone.add(plain(taskId));
    return { ...base, verdict: 'left', why: 'its task is in no table that a stack uses' };
  });
  const ofTraces = traces.map(({ end, taskId, what, usedAt }): Judged => {
    const base = { kind: end, name: taskId, what } as const;
    const use = useOf(taskId, usedAt);
    if (use !== undefined) return { ...base, ...use };
    if (gone.has(plain(taskId))) return { ...base, verdict: 'left', why: `its task was one of the stage ${stage}` };
    if (wanted.has(plain(taskId))) return { ...base, verdict: 'left', why: 'you have named its task' };
    return { ...base, verdict: 'unknown', why: 'no table here has its task: it may be another deployment’s' };
  });
  return [...ofTraces, ...ofSecrets, ...judged];

  function useOf(taskId: string, usedAt: number): Pick<Judged, 'verdict' | 'why'> | undefined {
    if (alive.has(plain(taskId))) return { verdict: 'used', why: 'its task is in a table that is in use' };
    const isYoung = now - Math.max(usedAt, createdAtOf(taskId)) < YOUNG_MS;
    if (isYoung || findings.isDeploying) {
      return { verdict: 'used', why: isYoung ? 'it was used within the last hour' : 'a stack is being changed' };
    }
    return undefined;
  }
}

function judgeTable({ name, usedBy, tasks }: FoundTable, isDeploying: boolean, now: number): Judged {
  const base = { kind: 'table', name, what: tasks.length === 1 ? '1 task' : `${tasks.length} tasks` } as const;
  if (usedBy !== undefined) return { ...base, verdict: 'used', why: `the stack ${usedBy} uses it` };
  if (isDeploying) return { ...base, verdict: 'used', why: 'a stack is being changed' };
  if (tasks.some(({ heldUntil }) => heldUntil > now))
    return { ...base, verdict: 'used', why: 'a worker runs a task of it' };
  return { ...base, verdict: 'left', why: 'no stack of this region uses it' };
}

export const tablePrefix = (stage: string): string => `matrixone-cdc-${stage}-TaskTable-`;

/** Snapshots have ids without dashes. */
const plain = (taskId: string): string => taskId.replaceAll('-', '').toLowerCase();

const idsIn = (tables: readonly FoundTable[]): Set<string> =>
  new Set(tables.flatMap(({ tasks }) => tasks.map(({ id }) => plain(id))));

/** A task's id begins with the time of its creation (UUID version 7). An id of another form counts as new. */
function createdAtOf(taskId: string): number {
  const id = plain(taskId);
  return /^[\da-f]{12}7[\da-f]{19}$/u.test(id) ? Number.parseInt(id.slice(0, 12), 16) : Infinity;
}
