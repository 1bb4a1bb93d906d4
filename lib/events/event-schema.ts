import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../error-codes.ts';
import { EVENT_SOURCE, EVENT_TYPES, type EventDetail } from './task-event.ts';
import { TOLD_STATES } from '../task/state-traits.ts';

const CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

/** The `detail` of every event. docs/reference/events.schema.json and the OpenAPI document are made from it. */
export const eventDetailSchema = z.object({
  version: z
    .literal(1)
    .meta({ description: 'Changes only if a field changes its meaning or goes; fields may be added' }),
  id: z
    .string()
    .meta({ description: 'The same for each repeat of this event: ignore an id that you have had already' }),
  sequence: z
    .int()
    .positive()
    .meta({ description: 'Grows from event to event of one task; events that were noticed at once have the same' }),
  at: z.string().meta({ description: 'When it was noticed: ISO 8601, in UTC' }),
  stage: z.string().meta({ description: 'The stage of the deployment' }),
  task: z
    .object({ id: z.string(), name: z.string() })
    .meta({ description: 'A new task of the same name has another id' }),
  state: z.enum(TOLD_STATES).nullable().meta({
    description: 'The state of the task then; `running` includes tries after an error. null: the task is gone',
  }),
  table: z.string().optional().meta({ description: 'The source table, as db.table, if the event is about one table' }),
  error: z
    .object({ code: z.enum(CODES), action: z.string() })
    .optional()
    .meta({ description: 'Why, and what to do. `mo_cdc task show` has the message' }),
}) satisfies z.ZodType<EventDetail>;

/** A whole event as EventBridge delivers it, as far as the product decides it. */
export const eventSchema = z.object({
  source: z.literal(EVENT_SOURCE),
  'detail-type': z.enum(Object.values(EVENT_TYPES) as [string, ...string[]]),
  detail: eventDetailSchema,
});
