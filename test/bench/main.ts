import { asciiTable } from '../../localstack/demo/ascii-table.ts';
import { SqlClient } from '../support/sql-client.ts';
import { Cleanup } from './cleanup.ts';
import { loadNow, machineConditions } from './conditions.ts';
import { parseCommand, USAGE } from './options.ts';
import { bundlePrograms } from './programs.ts';
import { startBenchServers } from './servers.ts';
import { TOPICS } from './topics.ts';
import type { Bench, Report, Topic } from './topic.ts';

/** `npm run bench`: see docs/benchmarks.md. Tables go to the standard output, progress to the other one. */
const command = parseCommand(process.argv.slice(2));
const unknown = command.topics.filter((name) => !TOPICS.some((topic) => topic.name === name));
if (command.help || unknown.length > 0) {
  if (unknown.length > 0) process.stderr.write(`There is no topic ${unknown.join(', ')}.\n\n`);
  process.stderr.write(`${USAGE}\n${TOPICS.map(({ name, summary }) => `  ${name.padEnd(8)} ${summary}`).join('\n')}\n`);
  process.exit(command.help ? 0 : 2);
}
const topics = TOPICS.filter(({ name }) => command.topics.length === 0 || command.topics.includes(name));

const cleanup = new Cleanup();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    process.stderr.write(`${signal}: taking away what was made …\n`);
    void cleanup.run().finally(() => process.exit(130));
  });
}

try {
  const bench = await open();
  const machine = await machineConditions(bench.servers);
  for (const topic of topics) await runTopic(bench, topic, machine);
} catch (error) {
  // What an interrupt takes away is missed by what was under way.
  if (!cleanup.hasBegun) throw error;
} finally {
  await cleanup.run();
}

async function open(): Promise<Bench> {
  const programs = await bundlePrograms(cleanup);
  const servers = await startBenchServers();
  cleanup.add(() => servers.stop());
  const [source, sink] = [new SqlClient(servers.sourceUri), new SqlClient(servers.sinkUri)];
  cleanup.add(() => {
    source.close();
    sink.close();
    return Promise.resolve();
  });
  const tell = (text: string): void => {
    process.stderr.write(`${text}\n`);
  };
  return { servers, programs, options: command.options, cleanup, source, sink, tell };
}

async function runTopic(bench: Bench, topic: Topic, machine: readonly string[]): Promise<void> {
  const begun = `${new Date().toISOString()}, load average at start ${loadNow()}`;
  bench.tell(`${topic.name} …`);
  for (const report of await topic.run(bench)) print(topic, report, [begun, ...machine]);
}

function print({ name }: Topic, report: Report, conditions: readonly string[]): void {
  const numeric = report.numeric ?? report.columns.map((_, i) => i > 0);
  const lines = [...report.conditions, ...conditions].map((line) => `  ${line}`);
  const table = asciiTable(report.columns, report.rows, numeric);
  process.stdout.write(`\n${name}: ${report.question}\n${table}\n${lines.join('\n')}\n`);
}
