/** Why a worker stops although it could go on; not an error. `retries`: it has tried long enough. */
export type StopReason = 'paused' | 'dropping' | 'restarted' | 'edited' | 'deadline' | 'retries';

/** Aborts everything under way. The next worker repeats what was not committed. */
export class StopRequested extends Error {
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(`Stop requested: ${reason}`);
    this.name = 'StopRequested';
    this.reason = reason;
  }
}
