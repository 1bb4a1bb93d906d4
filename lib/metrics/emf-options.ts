import type { Clock } from '../clock.ts';

export interface EmfOptions {
  /** The dimension that all metrics have. */
  readonly stage: string;
  /** Also writes metrics of each task. They cost money per task. */
  readonly perTask: boolean;
  readonly clock: Pick<Clock, 'now'>;
  readonly write?: (line: string) => void;
}

/** console.log adds a prefix on Lambda, so the line would not be JSON. */
export const writeToStdout = (line: string): void => {
  process.stdout.write(line);
};
