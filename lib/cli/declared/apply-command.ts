import type { Answer, CommandWorld, Machine } from '../client/command-world.ts';
import { CliError, RefusedError, UsageError } from '../client/cli-error.ts';
import { waitUntilGone } from '../client/wait.ts';
import { inLine } from '../output/printable.ts';
import { type Plan, planFor, type Step } from './plan.ts';
import { type Outcome, planTable } from './plan-table.ts';
import { type DeclaredTask, readTaskFile } from './read-task-file.ts';
import { type Line, say, tasksSaid } from '../texts/say.ts';
import { listed } from './listed.ts';

export interface ApplyOptions {
  readonly filename: readonly string[];
  readonly dryRun?: boolean;
  /** With `dryRun`: end with another exit code if anything is to be done. */
  readonly exitCode?: boolean;
  readonly prune?: boolean;
  readonly renewPasswords?: boolean;
  readonly yes?: boolean;
}

/** The exit code of a dry run that found something to do, if it was asked for. */
const DIFFERS = 3;
const FAILED = 1;

/** Makes the tasks what the files declare: creates and edits them, and with `prune` drops all others. */
export async function apply(world: CommandWorld, options: ApplyOptions): Promise<Answer> {
  if (options.exitCode === true && options.dryRun !== true) throw new UsageError([say('apply.exitCode')]);
  const declared = await readFiles(world.machine, options.filename);
  const { prune = false, renewPasswords: renew = false } = options;
  const plan = await planFor(world.api, declared, { prune, renew });
  if (plan.steps.some(({ action }) => action === 'impossible')) {
    return { text: `${planTable(plan)}\n${IMPOSSIBLE}`, exit: FAILED };
  }
  if (options.dryRun === true) {
    const isSame = plan.steps.every(({ action }) => action === 'none');
    return { text: planTable(plan), exit: options.exitCode === true && !isSame ? DIFFERS : 0 };
  }
  const drops = plan.steps.filter(({ action }) => action === 'drop').map(({ name }) => name);
  if (drops.length > 0) {
    const question = say('ask.prune', { tasks: tasksSaid(drops.length), names: inLine(drops.join(', ')) });
    await world.confirm(question, options.yes === true);
  }
  return carryOut(world, plan);
}

const IMPOSSIBLE =
  'Nothing was sent: an edit cannot change these. Declare what the task has, or drop the task first and let it be created anew.';

/** Reads all files first, so that nothing is sent if one of them is wrong. */
async function readFiles(machine: Machine, paths: readonly string[]): Promise<DeclaredTask[]> {
  const tasks: DeclaredTask[] = [];
  const problems: Line[] = [];
  for (const path of paths) {
    const found = readTaskFile(path === '-' ? 'stdin' : path, await readText(machine, path), machine.env);
    const names = new Map(tasks.map(({ spec, place }) => [spec.name, place]));
    const twice = found.tasks.filter(({ spec }) => names.has(spec.name));
    problems.push(...found.problems);
    problems.push(
      ...twice.map(({ spec: { name }, place }) => say('apply.twice', { place, name, first: names.get(name) ?? '' })),
    );
    tasks.push(...found.tasks);
  }
  if (tasks.length === 0 && problems.length === 0) problems.push(say('apply.noTask', { paths: paths.join(', ') }));
  if (problems.length > 0) throw new UsageError(listed('apply.nothing', problems));
  return tasks;
}

async function readText(machine: Machine, path: string): Promise<string> {
  try {
    return await machine.readText(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError([say('file.unreadable', { path: inLine(path), reason: inLine(reason) })], { cause });
  }
}

/**
 * Takes one step after another. If the API refuses one, the others are still taken, apart from the drops: what was
 * dropped may be what the refused step was to take the place of. If the API cannot be reached, nothing more is tried.
 */
export async function carryOut(world: CommandWorld, plan: Plan): Promise<Answer> {
  const outcomes = new Map<Step, Outcome>();
  const reasons: string[] = [];
  let goesOn = true;
  for (const step of plan.steps) {
    if (step.action === 'none') continue;
    if (!goesOn || (step.action === 'drop' && reasons.length > 0)) {
      outcomes.set(step, 'not tried');
      continue;
    }
    world.progress(`${step.name}: ${step.action}`);
    try {
      await take(world, step);
      outcomes.set(step, 'done');
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      outcomes.set(step, 'failed');
      reasons.push('', inLine(`${step.name}:`), ...error.linesIn(world.language).map((line) => `  ${inLine(line)}`));
      goesOn = error instanceof RefusedError;
    }
  }
  world.progress('');
  return { text: [planTable(plan, outcomes), ...reasons].join('\n'), exit: reasons.length > 0 ? FAILED : 0 };
}

async function take({ api, clock }: CommandWorld, step: Step): Promise<void> {
  switch (step.action) {
    case 'create':
      await api.create(step.body);
      return;
    case 'edit':
      await api.edit(step.name, step.body);
      return;
    case 'drop':
      await waitUntilGone(api, clock, await api.drop(step.name, false));
      return;
    case 'none':
    case 'impossible':
      return;
  }
}
