import { z } from 'zod';
import { ERRORS } from '../../error-codes.ts';

const time = z.iso.datetime();
const count = z.int().min(0);

const tableSchema = z.object({
  source: z.string(),
  done: z.boolean(),
  chunks: count.meta({ description: 'Steps of the comparison' }),
  chunksDone: count,
  rows: count.meta({ description: 'Rows of the source that were compared' }),
  missing: count.meta({ description: 'Rows that only the source had' }),
  extra: count.meta({ description: 'Rows that only the sink had' }),
  different: count,
  examples: z
    .array(z.object({ kind: z.enum(['missing', 'extra', 'different']), key: z.string() }))
    .meta({ description: 'The keys of the first few rows that differ, shortened' }),
  error: z
    .object({ code: z.string().meta({ enum: Object.keys(ERRORS) }), message: z.string(), action: z.string() })
    .nullable()
    .meta({ description: 'Why the table could not be compared; the other tables are compared all the same' }),
});

export const checkSchema = z
  .object({
    kind: z.enum(['verify', 'resync']),
    state: z.enum(['waiting', 'running', 'finished']),
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
    tablesTotal: count,
    tablesDone: count,
    tablesDiffering: count.meta({ description: 'Compared tables in which something differed' }),
    tablesFailed: count.meta({ description: 'Tables that could not be compared' }),
    rows: count.meta({ description: 'Rows of the source that were compared, in all tables' }),
    rowsPerSecond: count.nullable(),
    secondsLeft: count.nullable().meta({ description: 'An estimate while the comparison runs' }),
    table: z.string().nullable().meta({ description: 'The source table that is being compared' }),
    tables: z.array(tableSchema).meta({
      description:
        'The table that is being compared, up to 200 finished tables without a difference, and up to 100 with one',
    }),
  })
  .nullable()
  .meta({
    description: 'The verify or resync that was asked for last; a resync repairs the differences that it counts',
  });
