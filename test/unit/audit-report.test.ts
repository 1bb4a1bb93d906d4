import { describe, expect, it } from 'vitest';
import { judgeAudit } from '../support/audit-report.ts';

const metadata = { dependencies: { prod: 90, dev: 200, total: 290 } };
const of = (vulnerabilities: object) =>
  judgeAudit(JSON.stringify({ auditReportVersion: 2, vulnerabilities, metadata }), '');

describe('the audit of dependencies', () => {
  it('passes where there is nothing', () => {
    expect(of({})).toStrictEqual({ failed: false, text: 'audit: 290 dependencies, 0 with known flaws' });
  });

  it.each([
    ['low', false],
    ['moderate', false],
    ['high', true],
    ['critical', true],
  ])('names a finding that is %s', (severity, failed) => {
    const verdict = of({ left: { name: 'left', severity, range: '<1.2.3' } });
    expect(verdict).toMatchObject({ failed });
    expect(verdict.text).toContain(`${severity}: left <1.2.3`);
  });

  it.each([
    [
      JSON.stringify({ message: '405 Method Not Allowed', method: 'POST', statusCode: 405 }),
      '',
      '405 Method Not Allowed',
    ],
    ['', 'npm error network\nnpm error more', 'npm error network'],
    ['', '', 'no answer'],
  ])('says that it was not done', (stdout, stderr, reason) => {
    const { failed, text } = judgeAudit(stdout, stderr);
    expect(failed).toBe(false);
    expect(text).toBe(`audit: NOT DONE, the registry could not be asked: ${reason}`);
  });
});
