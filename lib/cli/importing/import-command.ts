import type { NativeCatalog, NativeLogin, NativeTask } from '../../native/native-task.ts';
import { propose, type Proposal } from '../../native/proposal.ts';
import { DEFAULT_OPTIONS } from '../../task/options.ts';
import { parseDatabaseUri } from '../../task/uri/database-uri.ts';
import { CliError, UsageError } from '../client/cli-error.ts';
import type { Answer, CommandWorld } from '../client/command-world.ts';
import { carryOut } from '../declared/apply-command.ts';
import { type Declarable, exportedTasks } from '../declared/export-command.ts';
import { PasswordVariables } from '../declared/password-variables.ts';
import { planTable } from '../declared/plan-table.ts';
import { planFor } from '../declared/plan.ts';
import { readTaskFile } from '../declared/read-task-file.ts';
import { inLine } from '../output/printable.ts';
import { proposalTable } from './proposal-table.ts';
import { say, tasksSaid } from '../texts/say.ts';
import { listed } from '../declared/listed.ts';

export interface ImportOptions {
  readonly taskName?: readonly string[];
  readonly output: 'table' | 'yaml';
  readonly create?: boolean;
  readonly yes?: boolean;
}

/** What the command line gives besides: the source with its password, and a password for the sinks, if there is one. */
export interface ImportEnds {
  readonly sourceUri: string;
  readonly sinkPassword: string | undefined;
  readonly catalog: NativeCatalog;
}

/**
 * Proposes a task for each CREATE CDC task of a source, as a table or as a file for `mo_cdc apply`, and with `create`
 * creates them. A CREATE CDC task that still writes would undo what the new task writes: nothing is created then.
 */
export async function importTasks(world: CommandWorld, ends: ImportEnds, options: ImportOptions): Promise<Answer> {
  if (options.create === true && options.output === 'yaml') {
    throw new UsageError([
      '--create and --output yaml exclude each other. `mo_cdc apply -f` creates what the file declares.',
    ]);
  }
  const natives = chosen((await ends.catalog.list()) ?? refuse(), options.taskName);
  const proposals = propose(natives, world.clock.now());
  const variables = new PasswordVariables();
  const declared = proposals.flatMap((proposal, i) => {
    const native = natives[i];
    return native === undefined || proposal.impossible !== undefined ? [] : [declarable(proposal, native, ends)];
  });
  const file = exportedTasks(declared, variables);
  if (options.output === 'yaml') return { text: file, exit: 0 };
  const table = proposalTable(proposals);
  if (options.create !== true) {
    const rest = [HOW, ...hints(proposals, natives, variables)];
    return { text: [table, '', ...rest].join('\n'), exit: 0 };
  }
  return create(
    world,
    { table, file, proposals, env: passwords(world, ends, natives, variables) },
    options.yes === true,
  );
}

const HOW =
  'Nothing was created. --create creates these tasks; --output yaml writes them as a file to look through, for `mo_cdc apply -f`.';

function refuse(): never {
  throw new CliError([say('import.denied'), say('import.sys')]);
}

function chosen(natives: readonly NativeTask[], names: readonly string[] | undefined): readonly NativeTask[] {
  const unknown = names?.filter((name) => !natives.some((native) => native.name === name)) ?? [];
  if (unknown.length > 0) throw new CliError([say('import.unknown', { names: inLine(unknown.join(', ')) })]);
  const found = names === undefined ? natives : natives.filter(({ name }) => names.includes(name));
  if (found.length === 0) throw new CliError([say('import.none')]);
  return found;
}

/** The source is the server that was asked: the address that CREATE CDC has is often that of the server for itself. */
function declarable(proposal: Proposal, { source, sink }: NativeTask, { sourceUri }: ImportEnds): Declarable {
  const { name, level, sinkType, tables, databases, exclude, options } = proposal;
  return {
    ...{ name, level, sinkType, tables, databases, exclude },
    sourceUri: `mysql://${userText(source)}:${MASK}${sourceUri.slice(sourceUri.lastIndexOf('@'))}`,
    sinkUri: `mysql://${userText(sink)}:${MASK}@${hostText(sink)}:${sink.port}`,
    options: { ...DEFAULT_OPTIONS, ...options },
  };
}

const MASK = '******';
const userText = ({ user }: NativeLogin): string => user.split('#').map(encodeURIComponent).join('#');
const hostText = ({ host }: NativeLogin): string => (host.includes(':') ? `[${host}]` : host);

/** What the user should know before the tasks are created. */
function hints(proposals: readonly Proposal[], natives: readonly NativeTask[], { names }: PasswordVariables): string[] {
  const running = proposals.filter(({ isStopped }) => !isStopped).map(({ name }) => name);
  const local = natives.filter(({ sink: { host } }) => /^(?:127\.|localhost$|::1$)/u.test(host));
  return [
    ...(names.length === 0 ? [] : [`Passwords come from the variables ${names.join(', ')}.`]),
    ...(running.length === 0 ? [] : [inLine(`These have to be paused first: ${running.join(', ')}.`)]),
    ...(local.length === 0
      ? []
      : [
          'The address of a sink is one of the source server itself. If workers run elsewhere, write another into the file.',
        ]),
  ];
}

/**
 * The variables of the file. CREATE CDC's passwords cannot be read. The one of --source-uri serves the tasks that have
 * its login, and the sink's password serves all sinks whose variable is not set.
 */
function passwords(
  { machine }: CommandWorld,
  { sourceUri, sinkPassword }: ImportEnds,
  natives: readonly NativeTask[],
  variables: PasswordVariables,
): Readonly<Record<string, string | undefined>> {
  const { user, host, port, password, secret } = parseDatabaseUri(sourceUri);
  const env: Record<string, string | undefined> = {};
  for (const { sink } of natives) {
    const name = variables.nameOf(sink);
    if (name !== undefined && sinkPassword !== undefined) env[name] = sinkPassword;
  }
  const own = variables.nameOf({ user, host, port });
  if (own !== undefined && secret === undefined) env[own] = password;
  const given = Object.entries(machine.env).filter(([, value]) => value !== undefined && value !== '');
  return { ...env, ...Object.fromEntries(given) };
}

interface ToCreate {
  readonly table: string;
  readonly file: string;
  readonly proposals: readonly Proposal[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

async function create(world: CommandWorld, { table, file, proposals, env }: ToCreate, sure: boolean): Promise<Answer> {
  const running = proposals.filter(({ isStopped, impossible }) => !isStopped && impossible === undefined);
  if (running.length > 0) {
    throw new CliError([
      say('import.running', { names: inLine(running.map(({ name }) => name).join(', ')) }),
      say('import.pause'),
      '',
      table,
    ]);
  }
  const { tasks, problems } = readTaskFile('proposal', file, env);
  if (problems.length > 0) throw new CliError(listed('import.nothing', problems));
  if (tasks.length === 0) throw new CliError([say('import.noTask'), '', table]);
  const plan = await planFor(world.api, tasks, { prune: false, renew: false });
  const others = plan.steps.filter(({ action }) => action === 'edit' || action === 'impossible');
  if (others.length > 0) {
    const names = others.map(({ name }) => name).join(', ');
    return {
      text: `${planTable(plan)}\n${inLine(`Nothing was created: there are other tasks with the names ${names}. Write the proposals to a file (--output yaml), and rename them there.`)}`,
      exit: 1,
    };
  }
  const count = plan.steps.filter(({ action }) => action === 'create').length;
  if (count > 0) await world.confirm(say('ask.create', { table, tasks: tasksSaid(count) }), sure);
  return carryOut(world, plan);
}
