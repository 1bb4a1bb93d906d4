import { z } from 'zod';
import type { Amount, OptionKind, Time } from '../../task/option-kinds.ts';
import { eachOption, type OptionName, type TaskOptions } from '../../task/options.ts';
import { parseTime } from '../../task/point-in-time.ts';
import { sentence } from './sentence.ts';

/** The longest text that is read as a time, in characters. */
const LONGEST_TIME = 64;

/** The schemas made from the table of options. The output of each has the type that the table says. */
type Fields = { [Name in OptionName]: z.ZodDefault<z.ZodType<TaskOptions[Name]>> };

/** Schema of the values that a request may set an option to. */
function given(kind: OptionKind): z.ZodType {
  switch (kind.type) {
    case 'choice':
      return z.enum(kind.choices);
    case 'amount':
      return amount(kind);
    case 'switch':
      return z.boolean();
    case 'time':
      return time(kind).nullable();
  }
}

function amount({ least, most, default: usual }: Amount): z.ZodType {
  const number = z.int().min(least).max(most);
  return usual === null ? number.nullable() : number;
}

const time = ({ as }: Time) =>
  z
    .string()
    .max(LONGEST_TIME)
    .meta({
      description: 'YYYY-MM-DD HH:MM:SS, in UTC unless an offset follows, or RFC 3339',
      example: '2025-03-28 15:00:00',
    })
    .transform((text, context): string => {
      const at = parseTime(text, as);
      if (at !== undefined) return new Date(at).toISOString();
      context.addIssue('This is not a time. Write it as YYYY-MM-DD HH:MM:SS, or as in RFC 3339.');
      return z.NEVER;
    });

const described = <T extends z.ZodType>(schema: T, { help }: OptionKind): T =>
  schema.meta({ description: sentence(help) });

/** The options of a new task. An option that the request leaves out gets its default. */
export const createOptions = z
  .strictObject(eachOption((kind) => described(given(kind).default(kind.default), kind)) as Fields)
  .prefault({});

/** The options in an edit. An option that the request leaves out stays as it is. */
export const editOptions = z
  .strictObject(eachOption((kind) => described(given(kind).optional(), kind)))
  .transform((changes) => changes as Partial<TaskOptions>);
