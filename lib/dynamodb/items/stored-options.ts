import * as z from 'zod';
import type { OptionKind } from '../../task/option-kinds.ts';
import { eachOption, type OptionName, type TaskOptions } from '../../task/options.ts';

/** Schema of an option in an item. It does not check the range, because a task may be older than the range. */
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

/** All options of a stored task. Options that older tasks lack get their default. */
export const storedOptions = z.object(
  eachOption((kind) => (kind.oldTasksLackIt === true ? stored(kind).default(kind.default) : stored(kind))) as {
    [Name in OptionName]: z.ZodType<TaskOptions[Name]>;
  },
) satisfies z.ZodType<TaskOptions>;
