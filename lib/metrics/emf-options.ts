import type { Clock } from '../clock.ts';

export interface EmfOptions {
  /** The dimension that all metrics have. */
  readonly stage: string;
  /** Metrics of each task as well, which have to be paid for by the task. */
  readonly perTask: boolean;
  readonly clock: Pick<Clock, 'now'>;
  readonly write?: (line: string) => void;
}

/** Not console.log: on Lambda that adds a prefix, and the line is no JSON any more. */
export const writeToStdout = (line: string): void => {
  process.stdout.write(line);
};
