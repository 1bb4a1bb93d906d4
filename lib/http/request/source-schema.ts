import { z } from 'zod';
import { LONGEST_NAME } from '../../task/name-text.ts';
import { createOptions } from './option-schemas.ts';
import { uri } from './request-schemas.ts';

/** The body of POST /sources/names. The fields of a task mean the same as in one. */
export const sourceNamesBody = z
  .strictObject({
    sourceUri: uri('sourceUri'),
    database: z.string().min(1).max(LONGEST_NAME).optional().meta({
      description: 'List the tables of this database. Without it, the databases are listed.',
      example: 'shop',
    }),
    containing: z
      .string()
      .max(LONGEST_NAME)
      .default('')
      .meta({ description: 'Only names with this text in them, whatever the case of its letters', example: 'order' }),
    options: createOptions,
  })
  .transform(({ database, ...rest }) => ({ database, ...rest }));
