/** Why a worker stops although it could go on: not an error. `retries`: it has tried long enough. */
export type StopReason = 'paused' | 'dropping' | 'restarted' | 'edited' | 'deadline' | 'retries';

/** Aborts everything under way. What is not committed is rolled back and done again by the next worker. */
export class StopRequested extends Error {
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(`Stop requested: ${reason}`);
    this.name = 'StopRequested';
    this.reason = reason;
  }
}
