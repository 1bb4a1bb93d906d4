/** What follows from the state of a task, for everybody who treats states alike or differently. */
interface Traits {
  /** There is something for a worker to do. A task that is pausing has a worker, but nothing for another one. */
  readonly hasWork: boolean;
  /** It replicates, or will again by itself: it can be compared, and somebody works on its lag. */
  readonly goesOn: boolean;
  /** It comes forward now, as far as anybody knows: what is left can be estimated. */
  readonly advances: boolean;
  /** Nothing goes on, and nothing is wrong. */
  readonly atRest: boolean;
  /** It stands until an operator mends an error and resumes, resyncs or restarts it. */
  readonly failed: boolean;
  /** Somebody should look at it. */
  readonly needsHelp: boolean;
  /** The word of mo_cdc for it. A list of tasks in that state has this one, too. */
  readonly calledAs: string;
  /** The gauge of the stage that counts it, apart from that of all tasks. */
  readonly countedIn: 'TasksRunning' | 'TasksRetrying' | 'TasksStalled' | 'TasksPaused' | 'TasksFailed' | undefined;
}

/** What none of the others is. */
const NOTHING = { hasWork: false, goesOn: false, advances: false, atRest: false, failed: false, needsHelp: false };
const ACTIVE = { ...NOTHING, hasWork: true, goesOn: true };
const FAILED = { ...NOTHING, failed: true, needsHelp: true, calledAs: 'failed', countedIn: 'TasksFailed' } as const;

/** The only place that says which states are alike. */
const TRAITS = {
  running: { ...ACTIVE, advances: true, calledAs: 'running', countedIn: 'TasksRunning' },
  retrying: { ...ACTIVE, advances: true, calledAs: 'retrying', countedIn: 'TasksRetrying' },
  stalled: { ...ACTIVE, needsHelp: true, calledAs: 'stalled', countedIn: 'TasksStalled' },
  pausing: { ...NOTHING, calledAs: 'pausing', countedIn: 'TasksPaused' },
  paused: { ...NOTHING, atRest: true, calledAs: 'paused', countedIn: 'TasksPaused' },
  failed: FAILED,
  historyLost: FAILED,
  finished: { ...NOTHING, atRest: true, calledAs: 'finished', countedIn: undefined },
  dropping: { ...NOTHING, hasWork: true, calledAs: 'dropping', countedIn: undefined },
} as const satisfies Record<string, Traits>;

export type TaskState = keyof typeof TRAITS;

export const STATE_TRAITS: Readonly<Record<TaskState, Traits>> = TRAITS;

export const TASK_STATES = Object.keys(TRAITS) as [TaskState, ...TaskState[]];
