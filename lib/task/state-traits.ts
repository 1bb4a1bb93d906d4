/** The properties that follow from a task's state. Every part that treats states alike or differently reads it here. */
interface Traits {
  /** When a task is in the state, for docs/reference/api.md. */
  readonly when: string;
  /** A worker has something to do. A pausing task has a worker already, but no work for another one. */
  readonly hasWork: boolean;
  /** The task replicates now, or will again without help. So it can be compared, and its lag will shrink. */
  readonly goesOn: boolean;
  /** The task makes progress now, as far as we know, so the rest can be estimated. */
  readonly advances: boolean;
  /** The task stands still, and nothing is wrong. */
  readonly atRest: boolean;
  /** The task stands still until an operator mends an error and resumes, resyncs or restarts it. */
  readonly failed: boolean;
  /** Somebody should look at the task. */
  readonly needsHelp: boolean;
  /** Others are told of it, too (events). A state that a task only passes through is not told. */
  readonly isTold: boolean;
  /** mo_cdc's word for the state. In a list, a filter by this word also finds the task. */
  readonly calledAs: string;
  /** The gauge per stage that counts tasks in this state, besides the gauge of all tasks. */
  readonly countedIn: 'TasksRunning' | 'TasksRetrying' | 'TasksStalled' | 'TasksPaused' | 'TasksFailed' | undefined;
}

/** The traits of a state to which none of these apply. */
const NOTHING = {
  ...{ hasWork: false, goesOn: false, advances: false, atRest: false, failed: false, needsHelp: false },
  isTold: false,
} as const;
const TOLD = { ...NOTHING, isTold: true } as const;
const ACTIVE = { ...NOTHING, hasWork: true, goesOn: true };
const FAILED = { ...TOLD, failed: true, needsHelp: true, calledAs: 'failed', countedIn: 'TasksFailed' } as const;

/** The only place that says which states are alike. */
const TRAITS = {
  running: {
    ...{ ...ACTIVE, isTold: true, advances: true, calledAs: 'running', countedIn: 'TasksRunning' },
    when: 'the task makes progress, or waits for its next window',
  },
  retrying: {
    ...{ ...ACTIVE, advances: true, calledAs: 'retrying', countedIn: 'TasksRetrying' },
    when: 'the last attempt ended with an error that may pass. The worker tries again after up to 30 seconds, and after five minutes once a minute',
  },
  stalled: {
    ...{ ...ACTIVE, isTold: true, needsHelp: true, calledAs: 'stalled', countedIn: 'TasksStalled' },
    when: 'for more than five minutes the task has made no progress although it should have, with or without an error. Workers still try',
  },
  pausing: {
    ...{ ...NOTHING, calledAs: 'pausing', countedIn: 'TasksPaused' },
    when: 'a worker still has to stop',
  },
  paused: {
    ...{ ...TOLD, atRest: true, calledAs: 'paused', countedIn: 'TasksPaused' },
    when: 'nobody works on the task, and its history is kept',
  },
  failed: {
    ...FAILED,
    when: 'an operator has to act; the error says how',
  },
  historyLost: {
    ...FAILED,
    when: 'something that the task left at the source or at the sink is gone. `resync` repairs that, without emptying any table',
  },
  finished: {
    ...{ ...TOLD, atRest: true, calledAs: 'finished', countedIn: undefined },
    when: 'the task has reached its end, and holds nothing at the source',
  },
  dropping: {
    ...{ ...NOTHING, hasWork: true, calledAs: 'dropping', countedIn: undefined },
    when: 'a worker removes what the task keeps at both ends',
  },
} as const satisfies Record<string, Traits>;

export type TaskState = keyof typeof TRAITS;

/** The states that others are told of. */
export type ToldState = {
  [State in TaskState]: (typeof TRAITS)[State]['isTold'] extends true ? State : never;
}[TaskState];

export const STATE_TRAITS: Readonly<Record<TaskState, Traits>> = TRAITS;

export const TASK_STATES = Object.keys(TRAITS) as [TaskState, ...TaskState[]];

export const TOLD_STATES = TASK_STATES.filter((state) => TRAITS[state].isTold) as [ToldState, ...ToldState[]];
