import { clockTime, duration } from './parts/format.ts';
import { useNow, useScope, useWatch } from './parts/scope.ts';
import { TroubleNotice } from './parts/trouble-notice.tsx';

/** An answer that takes longer than this is worth a word. */
const SLOW_MS = 4_000;

/** Says how old what the page shows is, and why. */
export function Freshness() {
  const { t, language } = useScope();
  const { trouble, answeredAt, askedAt, poller } = useWatch();
  const now = useNow();
  const waited = askedAt === undefined ? 0 : now - askedAt;
  if (trouble === undefined && waited < SLOW_MS) {
    return answeredAt === 0 ? null : <p class="fresh">{t('fresh.now', { time: clockTime(answeredAt, language) })}</p>;
  }
  const ago = duration(Math.max(0, now - answeredAt));
  const age = answeredAt === 0 ? t('fresh.never') : t('fresh.stale', { time: clockTime(answeredAt, language), ago });
  const { nextAt } = poller;
  return (
    <div class="stale">
      <p>
        {age} {trouble === undefined && t('fresh.waiting', { ago: duration(waited) })}{' '}
        {trouble !== undefined &&
          nextAt !== undefined &&
          t('fresh.next', { wait: duration(Math.max(0, nextAt - now)) })}{' '}
        <button
          type="button"
          class="small"
          onClick={() => {
            poller.now();
          }}
        >
          {t('fresh.retry')}
        </button>
      </p>
      {trouble !== undefined && <TroubleNotice trouble={trouble} />}
    </div>
  );
}
