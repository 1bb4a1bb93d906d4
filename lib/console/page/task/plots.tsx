import type { TaskView } from '../../../http/view/task-view-schema.ts';
import { ratesOf } from '../data/samples.ts';
import { clockTime } from '../parts/format.ts';
import { Plot } from '../parts/plot.tsx';
import { useScope, useWatch } from '../parts/scope.ts';

/** Lag and throughput, as far as this page has seen them. */
export function Plots({ task }: { readonly task: TaskView }) {
  const { t, language } = useScope();
  const samples = useWatch().samplesOf(task);
  const [first] = samples;
  if (first === undefined || samples.length < 2) return <p class="hint">{t('plot.none')}</p>;
  const times = samples.map(({ at }) => at / 1_000);
  const lags = samples.map(({ lagMs }) => (lagMs === null ? null : lagMs / 1_000));
  return (
    <section>
      <div class="plots">
        <Plot label={t('plot.lag')} times={times} values={lags} />
        <Plot label={t('plot.rate')} times={times} values={ratesOf(samples)} />
      </div>
      <p class="hint">{t('plot.seen', { time: clockTime(first.at, language) })}</p>
    </section>
  );
}
