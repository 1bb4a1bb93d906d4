import { z } from 'zod';

const name = z.object({
  name: z.string().meta({ example: 'orders' }),
  kind: z.string().meta({ description: '`database`, `table`, `view`, `external table`, …', example: 'table' }),
  hasPrimaryKey: z
    .boolean()
    .nullable()
    .meta({ description: 'null for what is no table, and if the source does not tell' }),
  refusal: z
    .string()
    .nullable()
    .meta({ description: 'Why a task cannot name it; null if it can', example: 'it is a view' }),
});

/** The answer to POST /sources/names. */
export const sourceNamesSchema = z.object({
  database: z.string().nullable().meta({ description: 'The database of these tables; null if these are databases' }),
  names: z.array(name).meta({ description: 'By name' }),
  leftOut: z.int().meta({ description: 'How many more there are than this answer has: ask with `containing`' }),
});

export type SourceNamesView = z.infer<typeof sourceNamesSchema>;
