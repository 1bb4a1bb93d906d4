import * as z from 'zod';
import { ERRORS, type ErrorCode } from '../../error-codes.ts';
import type {
  CheckPosition,
  CheckProgress,
  DifferingKey,
  TableCheck,
  TableCheckError,
} from '../../record/check-progress.ts';
import { readTableKey } from '../../task/task.ts';

const count = z.int().nonnegative();

export const errorCode = z.custom<ErrorCode>((value) => typeof value === 'string' && Object.hasOwn(ERRORS, value));
export const storedKey = z.string().transform(readTableKey);
export const checkKind = z.enum(['verify', 'resync']);

const differingKey = z.object({
  kind: z.enum(['missing', 'extra', 'different']),
  key: z.string(),
}) satisfies z.ZodType<DifferingKey>;

const error = z.object({ code: errorCode, message: z.string() }) satisfies z.ZodType<TableCheckError>;

const tableCheck = z.object({
  done: z.boolean(),
  chunks: count,
  chunksDone: count,
  rows: count,
  missing: count,
  extra: count,
  different: count,
  examples: z.array(differingKey),
  error: error.optional(),
}) satisfies z.ZodType<TableCheck>;

const position = z
  .object({ table: storedKey, shape: z.string(), after: z.string().optional() })
  .transform((stored): CheckPosition => ({ ...stored, after: stored.after }));

export const checkProgress = z
  .object({
    number: count,
    kind: checkKind,
    startedAt: count,
    finishedAt: count,
    tablesTotal: count,
    tablesDone: count,
    tablesDiffering: count,
    tablesFailed: count,
    rows: count,
    lastDone: storedKey,
    position: position.optional(),
    tables: z.record(storedKey, tableCheck),
  })
  .transform((stored): CheckProgress => ({ ...stored, position: stored.position }));
