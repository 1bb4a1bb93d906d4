import { apply } from './topics/apply.ts';
import { load } from './topics/load.ts';
import type { Topic } from './topic.ts';

/** What can be asked, in the order of `npm run bench` without a name. */
export const TOPICS: readonly Topic[] = [load, apply];
