import type { ErrorCode } from '../error-codes.ts';
import type { News, NewsKind } from '../news/task-news.ts';
import type { ToldState } from '../task/state-traits.ts';
import type { BusEvent } from '../store/announcements.ts';

export const EVENT_SOURCE = 'matrixone.cdc';

/** The type of each kind. Rules of users match them, so they never change. */
export const EVENT_TYPES: Readonly<Record<NewsKind, string>> = {
  created: 'Task Created',
  running: 'Task Running',
  paused: 'Task Paused',
  stalled: 'Task Stalled',
  failed: 'Task Failed',
  historyLost: 'Task History Lost',
  finished: 'Task Finished',
  dropped: 'Task Dropped',
  loaded: 'Task Load Finished',
  setAside: 'Table Set Aside',
  broughtBack: 'Table Brought Back',
};

/**
 * The content of an event; event-schema.ts describes the fields. No message of an error: it may quote names of hosts
 * and the key of a row, and many may listen.
 */
export interface EventDetail {
  readonly version: 1;
  readonly id: string;
  readonly sequence: number;
  readonly at: string;
  readonly stage: string;
  readonly task: { readonly id: string; readonly name: string };
  readonly state: ToldState | null;
  readonly table?: string | undefined;
  readonly error?: { readonly code: ErrorCode; readonly action: string } | undefined;
}

export function eventOf(
  { kind, at, state, table, error }: News,
  task: EventDetail['task'],
  sequence: number,
  stage: string,
): BusEvent {
  const id = `${task.id}/${sequence}/${table === undefined ? kind : `${kind}/${table}`}`;
  const detail: EventDetail = {
    version: 1,
    ...{ id, sequence, at: new Date(at).toISOString(), stage, task, state: state ?? null },
    ...(table === undefined ? {} : { table }),
    ...(error === undefined ? {} : { error }),
  };
  return { source: EVENT_SOURCE, type: EVENT_TYPES[kind], at, detail };
}
