import type { TaskView } from '../../../http/view/task-view-schema.ts';
import type { StateChange } from '../data/watch.ts';
import type { Translate } from '../texts/translate.ts';

export interface Happening {
  readonly at: string;
  readonly text: string;
}

/** From the times that the task has, and the changes that the page has seen; newest first. */
export function happenings(task: TaskView, changes: readonly StateChange[], t: Translate): Happening[] {
  const { createdAt, runningSince, stalledSince, error, check, progressAt } = task;
  const kind = check === null ? '' : t(`check.heading.${check.kind}`);
  const known: readonly (readonly [string | null | undefined, string])[] = [
    [createdAt, t('timeline.created')],
    [runningSince === createdAt ? null : runningSince, t('timeline.asked')],
    [stalledSince, t('timeline.stalled')],
    [error?.firstAt, t('timeline.errorFirst', { code: error?.code ?? '' })],
    [error !== null && error.attempts > 1 ? error.lastAt : null, t('timeline.errorLast', { code: error?.code ?? '' })],
    [check?.startedAt, t('timeline.checkBegan', { kind })],
    [check?.finishedAt, t('timeline.checkEnded', { kind })],
    [progressAt, t('timeline.progress')],
  ];
  const seen = changes.flatMap(({ at, from, to }) =>
    from === undefined ? [] : { at, text: t('timeline.state', { from: t(`state.${from}`), to: t(`state.${to}`) }) },
  );
  const facts = known.flatMap(([at, text]) => (at === null || at === undefined ? [] : { at, text }));
  return [...facts, ...seen].toSorted((a, b) => (a.at < b.at ? 1 : -1));
}
