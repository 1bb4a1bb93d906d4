import * as z from 'zod';
import type { OptionKind } from '../task/option-kinds.ts';
import { eachOption, type OptionName, type TaskOptions } from '../task/options.ts';

/** What an option can be in an item. Not its range: a task may be older than that. */
function stored(kind: OptionKind): z.ZodType {
  switch (kind.type) {
    case 'choice':
      return z.enum(kind.choices);
    case 'amount':
      return kind.default === null ? z.int().nonnegative().nullable() : z.int().nonnegative();
    case 'switch':
      return z.boolean();
    case 'time':
      return z.iso.datetime().nullable();
  }
}

/** The options of a stored task: every one of the table's, apart from those that older tasks lack. */
export const storedOptions = z.object(
  eachOption((kind) => (kind.oldTasksLackIt === true ? stored(kind).default(kind.default) : stored(kind))) as {
    [Name in OptionName]: z.ZodType<TaskOptions[Name]>;
  },
) satisfies z.ZodType<TaskOptions>;
