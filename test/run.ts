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
  readonly output: string;
}

const filters = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'mo-cdc-test-'));
process.on('exit', () => {
  rmSync(scratch, { recursive: true, force: true });
});

function run(command: string, ...args: string[]): Promise<Ended> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const pieces: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => pieces.push(piece));
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

async function test(project: string, shard = '1/1'): Promise<Ended> {
  const file = join(scratch, `${project}-${shard.replace('/', '-')}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const which = ['--project', project, `--shard=${shard}`, ...filters];
  const ended = await run('vitest', 'run', '--passWithNoTests', ...reporters, ...which);
  return { ...ended, totals: JSON.parse(readFileSync(file, 'utf8')) as Totals };
}

/** Whoever is free takes the next one. What each has printed follows when it has ended, lest it gets mixed up. */
async function sideBySide(hands: number, jobs: readonly (() => Promise<Ended>)[]): Promise<Ended[]> {
  const left = [...jobs];
  const ended: Ended[] = [];
  const hand = async (): Promise<void> => {
    for (let job = left.shift(); job !== undefined; job = left.shift()) {
      const one = await job();
      process.stdout.write(one.output);
      ended.push(one);
    }
  };
  await Promise.all(Array.from({ length: hands }, hand));
  return ended;
}

// Also beside real servers, whose tests take MariaDB for the sink of type mysql.
await installPrerequisites(mariaDb(), openssl(), chromiumBrowser());
await installLinters();
// Most of the time these wait for servers, leases and clocks, so three at a time keep two processors busy. The longest
// come first, and the parts of what takes servers fill the gaps at the end.
const all = await sideBySide(3, [
  () => test('e2e'),
  () => test('unit'),
  () => test('replication', '1/4'),
  () => test('replication', '2/4'),
  () => test('replication', '3/4'),
  () => test('replication', '4/4'),
  () => test('integration', '1/4'),
  () => test('integration', '2/4'),
  () => test('integration', '3/4'),
  () => run('npm', 'run', '--silent', 'check'),
  () => test('integration', '4/4'),
]);

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
