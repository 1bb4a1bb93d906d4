import { z } from 'zod';

const SEVERE: ReadonlySet<string> = new Set(['high', 'critical']);

const report = z.object({
  vulnerabilities: z.record(z.string(), z.object({ severity: z.string(), range: z.string().optional() })),
  metadata: z.object({ dependencies: z.object({ total: z.number() }) }),
});

const failure = z.object({ message: z.string() });

export interface Verdict {
  readonly failed: boolean;
  readonly text: string;
}

/** Judges what `npm audit --json` printed: findings, or why there are none. Only severe findings fail. */
export function judgeAudit(stdout: string, stderr: string): Verdict {
  const printed = jsonOf(stdout);
  const found = report.safeParse(printed);
  if (!found.success) {
    const reason = failure.safeParse(printed).data?.message ?? stderr.trim().split('\n')[0] ?? '';
    return { failed: false, text: `audit: NOT DONE, the registry could not be asked: ${reason || 'no answer'}` };
  }
  const { vulnerabilities, metadata } = found.data;
  const findings = Object.entries(vulnerabilities).map(([name, { severity, range = '' }]) => ({
    severe: SEVERE.has(severity),
    line: `audit: ${severity}: ${name} ${range}`.trim(),
  }));
  const failed = findings.some(({ severe }) => severe);
  const summary = `audit: ${metadata.dependencies.total} dependencies, ${findings.length} with known flaws`;
  return { failed, text: [...findings.map(({ line }) => line), summary].join('\n') };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
