import { duration } from '../../../cli/output/duration.ts';
import type { Language } from '../texts/translate.ts';

export { duration };

/** A time as people read it, in their own zone; today's without the date. */
export function clockTime(at: string | number, language: Language, now = Date.now()): string {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date(now).toDateString();
  return new Intl.DateTimeFormat(language, {
    ...(isToday ? {} : { dateStyle: 'medium' }),
    timeStyle: 'medium',
  }).format(date);
}

export const number = (value: number, language: Language): string =>
  new Intl.NumberFormat(language, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);

/** How much of a first copy is done, in percent: by rows where they were counted, else by chunks; null if unknown. */
export function percentDone(table: {
  readonly rows: number;
  readonly rowsExpected: number | null;
  readonly chunks: number;
  readonly chunksDone: number;
}): number | null {
  const { rows, rowsExpected, chunks, chunksDone } = table;
  if (chunks > 0 && chunks === chunksDone) return 100;
  const [done, all] = rowsExpected === null ? [chunksDone, chunks] : [rows, rowsExpected];
  return all === 0 ? null : Math.min(99, Math.floor((100 * done) / all));
}
