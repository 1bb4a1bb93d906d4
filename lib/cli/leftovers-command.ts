import { type AccountLeftovers, type EndLeftovers, type Findings, type FoundTrace } from '../leftovers/findings.ts';
import { type Judged, judge } from '../leftovers/judge.ts';
import { CliError, UsageError } from './client/cli-error.ts';
import type { Confirm } from './client/command-world.ts';
import type { PasswordFiles } from './flags/passwords.ts';
import { inLine } from './output/printable.ts';
import { say } from './texts/say.ts';

export interface LeftoversOptions extends PasswordFiles {
  readonly stage: string;
  readonly sourceUri?: string;
  readonly sinkUri?: string;
  readonly sinkType?: string;
  /** Tasks that no table here has, and whose traces shall go all the same. */
  readonly taskId?: readonly string[] | false;
  readonly remove?: boolean;
  readonly yes?: boolean;
}

/** What the command looks at. */
export interface LeftoverPlaces {
  readonly account: AccountLeftovers;
  readonly source: EndLeftovers | undefined;
  readonly sink: EndLeftovers | undefined;
  readonly confirm: Confirm;
  readonly now: () => number;
}

const HEADS = {
  left: 'Left behind. --remove takes it away:',
  unknown: 'Of tasks that no table of this account and region has. Stays, unless --task-id names the task:',
  used: 'In use. Stays:',
} as const;
const WORDS = { table: 'table', secret: 'secret', source: 'source', sink: 'sink' } as const;

/** Lists what deployments have left behind, and removes it if that is asked for and confirmed. */
export async function leftovers(places: LeftoverPlaces, options: LeftoversOptions): Promise<string> {
  checkOptions(options);
  const found = await look(places, options);
  const list = listed(found, options.stage);
  if (options.remove !== true) return list;
  const going = found.judged.filter(({ verdict }) => verdict === 'left');
  if (going.length === 0) return `${list}\nNothing to remove.`;
  await places.confirm(say('ask.remove', { list, count: going.length }), options.yes === true);
  // Somebody may have deployed again while the question stood: what is removed must be what was confirmed.
  const again = await look(places, options);
  const isLeft = new Set(again.judged.filter(({ verdict }) => verdict === 'left').map(nameOf));
  if (going.some((each) => !isLeft.has(nameOf(each)))) {
    throw new CliError([say('leftovers.changed')]);
  }
  for (const each of going) await remove(places, each);
  return `${list}\nRemoved ${going.length}.`;
}

function checkOptions({ sinkUri, sinkType }: LeftoversOptions): void {
  if ((sinkUri === undefined) !== (sinkType === undefined)) {
    throw new UsageError([say('leftovers.sink')]);
  }
}

interface Look {
  readonly findings: Findings;
  readonly judged: readonly Judged[];
}

/** The databases first, then the account; see judge.ts. */
async function look({ account, source, sink, now }: LeftoverPlaces, options: LeftoversOptions): Promise<Look> {
  const traces: FoundTrace[] = [...((await source?.find()) ?? []), ...((await sink?.find()) ?? [])];
  const findings = { stage: options.stage, traces, ...(await ofAws(() => account.find(options.stage))) };
  return { findings, judged: judge(findings, now(), new Set(options.taskId || [])) };
}

/** Tables come last: as long as a table is there, a second try knows whose the rest is. */
async function remove({ account, source, sink }: LeftoverPlaces, { kind, name }: Judged): Promise<void> {
  const works = {
    table: () => ofAws(() => account.removeTable(name)),
    secret: () => ofAws(() => account.removeSecret(name)),
    source: () => source?.remove(name),
    sink: () => sink?.remove(name),
  };
  await works[kind]();
}

/** Errors of the AWS SDK say what is wrong in their names and messages. */
async function ofAws<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new CliError([say('leftovers.aws', { reason: inLine(reason) }), say('leftovers.again')], { cause });
  }
}

const nameOf = ({ kind, name }: Judged): string => `${kind} ${name}`;

function listed({ findings, judged }: Look, stage: string): string {
  const lines = [`What deployments of the stage ${stage} have left in this account and region:`];
  for (const verdict of ['left', 'unknown', 'used'] as const) {
    const found = judged.filter((each) => each.verdict === verdict);
    if (found.length === 0) continue;
    lines.push('', HEADS[verdict]);
    lines.push(...found.map(({ kind, name, what, why }) => inLine(`  ${WORDS[kind]} ${name}: ${what}; ${why}`)));
  }
  if (judged.length === 0) lines.push('', 'Nothing.');
  const advice = adviceOn(findings, judged);
  return [...lines, ...(advice.length === 0 ? [] : ['', ...advice])].join('\n');
}

/** While the table is there, somebody can still look at databases for what its tasks have left there. */
function adviceOn({ tables }: Findings, judged: readonly Judged[]): string[] {
  const left = new Set(
    judged.filter(({ kind, verdict }) => kind === 'table' && verdict === 'left').map(({ name }) => name),
  );
  const advice: string[] = [];
  for (const { name, tasks } of tables.filter((each) => left.has(each.name) && each.tasks.length > 0)) {
    const ends = [...new Set(tasks.flatMap((task) => task.ends))];
    advice.push(
      `To go on with the tasks of ${name}: npx serverless deploy --param 'tableName=${name}'`,
      ...ends.map((end) => inLine(`Its tasks may have left something at ${end}: see --source-uri and --sink-uri.`)),
    );
  }
  return advice;
}
