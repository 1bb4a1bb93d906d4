import { useEffect, useState } from 'preact/hooks';
import type { MetricsAnswer } from '../../task-api.ts';
import { call, taskPath } from '../data/calls.ts';
import { metricsDelay } from '../data/metrics-delay.ts';

const FAILED: MetricsAnswer = { points: [], why: 'failed' };

/** What CloudWatch has of a task, as of the last minute; undefined until that is known. */
export function useMetrics(name: string): MetricsAnswer | undefined {
  const [answer, setAnswer] = useState<MetricsAnswer>();
  useEffect(() => {
    let isOver = false;
    let inVain = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      const found = await call<MetricsAnswer>('GET', `${taskPath(name)}/metrics`);
      if (isOver) return;
      const told = found.ok ? found.value : FAILED;
      inVain = told.why === null ? 0 : inVain + 1;
      // A failure says nothing against what is known.
      setAnswer((before) => (told.why === 'failed' && before?.why === null ? before : told));
      const delay = metricsDelay(told.why, inVain);
      if (delay !== undefined) timer = setTimeout(askIfSeen, delay);
    };
    const askIfSeen = (): void => {
      if (document.hidden) timer = setTimeout(askIfSeen, 60_000);
      else void ask();
    };
    void ask();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [name]);
  return answer;
}
