/**
 * `npm run audit`: fails when a dependency has a known flaw, be it one that is deployed or one that builds, tests and deploys,
 * for that sees the source and the credentials of a deployment; says so when nobody could be asked.
 */
import { spawnSync } from 'node:child_process';
import { judgeAudit } from './support/audit-report.ts';

// A registry that does not answer is not waited for: this is part of every check.
const OPTIONS = ['--json', '--fetch-retries=0', '--fetch-timeout=10000'];

const { stdout, stderr } = spawnSync('npm', ['audit', ...OPTIONS], { encoding: 'utf8' });
const { failed, text } = judgeAudit(stdout, stderr);
console.log(text);
process.exit(failed ? 1 : 0);
