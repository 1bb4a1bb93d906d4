/** `npm test`: the checks and every test; ends with the plain line `N passed, N failed`. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mariaDb } from '../localstack/installing/mariadb-programs.ts';
import { installPrerequisites } from '../localstack/installing/prerequisites.ts';
import { openssl } from './support/certificates.ts';
import { chromiumBrowser } from './support/console/chromium.ts';
import { installLinters } from './support/template/linters.ts';

interface Totals {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
  readonly success: boolean;
}

interface Ended {
  readonly status: number;
  /** Of tests. */
  readonly totals?: Totals;
  /** What was held back. */
  readonly output: string;
}

const filters = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'mo-cdc-test-'));
process.on('exit', () => {
  rmSync(scratch, { recursive: true, force: true });
});

/** `held`: its output is for later, lest it gets mixed up with another's. */
function run(held: boolean, command: string, ...args: string[]): Promise<Ended> {
  const child = spawn(command, args, { stdio: ['ignore', held ? 'pipe' : 'inherit', held ? 'pipe' : 'inherit'] });
  const pieces: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece: Buffer) => pieces.push(piece));
  return new Promise((resolve) => {
    const end = (status: number): void => {
      resolve({ status, output: Buffer.concat(pieces).toString() });
    };
    child.on('error', () => {
      end(1);
    });
    child.on('close', (status) => {
      end(status ?? 1);
    });
  });
}

async function test(held: boolean, ...projects: string[]): Promise<Ended> {
  const file = join(scratch, `${projects.join('-')}.json`);
  const named = projects.flatMap((project) => ['--project', project]);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const ended = await run(held, 'vitest', 'run', '--passWithNoTests', ...named, ...reporters, ...filters);
  return { ...ended, totals: JSON.parse(readFileSync(file, 'utf8')) as Totals };
}

/** One after another, while others go on: most of the time they wait. */
async function inTurn(...steps: readonly (() => Promise<Ended>)[]): Promise<Ended[]> {
  const ended: Ended[] = [];
  for (const step of steps) ended.push(await step());
  return ended;
}

// Also beside real servers, whose tests take MariaDB for the sink of type mysql.
await installPrerequisites(mariaDb(), openssl(), chromiumBrowser());
await installLinters();
// Most of the time these wait for servers, leases and clocks: side by side they take little longer than the longest.
const all = (
  await Promise.all([
    inTurn(() => test(false, 'replication')),
    inTurn(
      () => test(true, 'unit'),
      () => test(true, 'integration'),
    ),
    inTurn(
      () => run(true, 'npm', 'run', '--silent', 'check'),
      () => test(true, 'e2e'),
    ),
  ])
).flat();
for (const { output } of all) process.stdout.write(output);

const tested = all.flatMap(({ status, totals }) => (totals === undefined ? [] : [{ status, totals }]));
const isChecked = all.every(({ status, totals }) => totals !== undefined || status === 0);
const sum = (count: (totals: Totals) => number): number => tested.reduce((all, { totals }) => all + count(totals), 0);
// A file that does not even load, and a failed check, count as failures: neither may pass for a green run.
const broken = ({ numFailedTests, numFailedTestSuites, success }: Totals): number =>
  numFailedTests === 0 && !success ? Math.max(1, numFailedTestSuites) : 0;
const passed = sum(({ numPassedTests }) => numPassedTests);
const failed = sum((totals) => totals.numFailedTests + broken(totals)) + (isChecked ? 0 : 1);
const skipped = sum(({ numPendingTests }) => numPendingTests);
if (!isChecked) console.log('npm run check failed (see above).');
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed === 0 && tested.every(({ status }) => status === 0) && passed > 0 ? 0 : 1);
