import type { Sink } from './sink.ts';
import type { Source } from './source.ts';

/** The two databases of a task, opened for one attempt. */
export interface Ends {
  readonly source: Source;
  readonly sink: Sink;
}
