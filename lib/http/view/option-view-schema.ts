import { z } from 'zod';
import type { OptionKind } from '../../task/option-kinds.ts';
import { eachOption, type OptionName, type TaskOptions } from '../../task/options.ts';
import { sentence } from '../request/sentence.ts';

/** Schema of an option in an answer. It does not check the range, because a task may be older than the range. */
function shown(kind: OptionKind): z.ZodType {
  switch (kind.type) {
    case 'choice':
      return z.enum(kind.choices);
    case 'amount':
      return kind.default === null ? z.int().min(0).nullable() : z.int().min(0);
    case 'switch':
      return z.boolean();
    case 'time':
      return z.iso.datetime().nullable();
  }
}

/** All options of a task, as the API shows them. */
export const shownOptions = z.object(
  eachOption((kind) => shown(kind).meta({ description: sentence(kind.help) })) as {
    [Name in OptionName]: z.ZodType<TaskOptions[Name]>;
  },
);
