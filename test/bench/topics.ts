import { apply } from './topics/apply.ts';
import { backlog } from './topics/backlog.ts';
import { growth } from './topics/growth.ts';
import { lag } from './topics/lag.ts';
import { load } from './topics/load.ts';
import { memory } from './topics/memory.ts';
import { scale } from './topics/scale.ts';
import { sizes } from './topics/sizes.ts';
import { start } from './topics/start.ts';
import { tables } from './topics/tables.ts';
import { compare } from './topics/compare.ts';
import { verify } from './topics/verify.ts';
import type { Topic } from './topic.ts';

/** What can be asked, in the order of `npm run bench` without a name. */
export const TOPICS: readonly Topic[] = [
  load,
  growth,
  apply,
  lag,
  tables,
  memory,
  scale,
  start,
  verify,
  compare,
  backlog,
  sizes,
];
