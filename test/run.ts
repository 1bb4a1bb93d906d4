/** `npm test`: the checks, then every test; ends with the plain line `N passed, N failed`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Totals {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
  readonly success: boolean;
}

const run = (command: string, ...args: string[]): number =>
  spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status ?? 1;

const scratch = mkdtempSync(join(tmpdir(), 'mo-cdc-test-'));
const report = join(scratch, 'report.json');
process.on('exit', () => {
  rmSync(scratch, { recursive: true, force: true });
});

const checked = run('npm', 'run', '--silent', 'check');
const filters = process.argv.slice(2);
const tested = run('vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters);

const totals = JSON.parse(readFileSync(report, 'utf8')) as Totals;
// A file that does not even load, and a failed check, count as failures: neither may pass for a green run.
const broken = totals.numFailedTests === 0 && !totals.success ? Math.max(1, totals.numFailedTestSuites) : 0;
const failed = totals.numFailedTests + broken + (checked === 0 ? 0 : 1);
if (checked !== 0) console.log('npm run check failed (see above).');
const skipped = totals.numPendingTests > 0 ? `, ${totals.numPendingTests} skipped` : '';
console.log(`${totals.numPassedTests} passed, ${failed} failed${skipped}`);
process.exit(failed === 0 && tested === 0 && totals.numPassedTests > 0 ? 0 : 1);
