import type { TaskView } from '../../../http/view/task-view-schema.ts';
import { plotted } from '../data/plotted.ts';
import { clockTime } from '../parts/format.ts';
import { Plot } from '../parts/plot.tsx';
import { useScope, useWatch } from '../parts/scope.ts';
import { useMetrics } from './use-metrics.ts';

/** Lag and throughput of the last hour: from CloudWatch as far as it has them, and as this page has seen them. */
export function Plots({ task }: { readonly task: TaskView }) {
  const { t, language } = useScope();
  const samples = useWatch().samplesOf(task);
  const answer = useMetrics(task.name);
  const { times, lags, rates, seenFrom, hasMetrics } = plotted(
    answer?.points ?? [],
    samples,
    Date.parse(task.createdAt),
  );
  if (times.length < 2) return <p class="hint">{t('plot.none')}</p>;
  const time = seenFrom === undefined ? '' : clockTime(seenFrom, language);
  return (
    <section>
      <div class="plots">
        <Plot label={t('plot.lag')} times={times} values={lags} />
        <Plot label={t('plot.rate')} times={times} values={rates} />
      </div>
      <p class="hint">
        {t(hasMetrics ? 'plot.both' : 'plot.seen', { time })}
        {!hasMetrics && answer !== undefined && answer.why !== null && ` ${t(`metrics.${answer.why}`)}`}
      </p>
    </section>
  );
}
