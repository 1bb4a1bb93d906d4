import { z } from 'zod';
import { createTaskBody } from '../../http/request/request-schemas.ts';

/**
 * A document of a file for `mo_cdc apply`: a task, or a list of tasks. A task is declared as POST /tasks takes it, so
 * the file and the API cannot differ.
 */
const document = z.union([createTaskBody, z.array(createTaskBody)]).meta({
  title: 'Tasks for mo_cdc apply',
  description:
    'A task, or a list of tasks. In texts, ${NAME} stands for an environment variable, ${NAME:-text} for a variable with a default, and $${ for the text ${.',
});

/** The JSON Schema of such a document, for editors. */
export const taskFileJsonSchema = (): object => z.toJSONSchema(document, { io: 'input', target: 'draft-07' });
