import type { NoMetrics } from '../../task-api.ts';

const USUAL_MS = 60_000;
const LONGEST_MS = 960_000;

/**
 * Milliseconds until the page asks for metrics again; undefined: never. CloudWatch charges for each request, so it is
 * asked less often while it brings nothing. `inVain`: how many answers in a row have brought nothing.
 */
export function metricsDelay(why: NoMetrics | null, inVain: number): number | undefined {
  if (why === 'off') return undefined;
  return why === null ? USUAL_MS : Math.min(LONGEST_MS, USUAL_MS * 2 ** Math.min(inVain, 10));
}
