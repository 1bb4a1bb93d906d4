import type middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { z } from 'zod';
import { CdcError } from '../../errors.ts';
import { Rejection } from '../../task/rejection.ts';
import { bodyComplaints, missingField } from './body-complaints.ts';

type Middleware = middy.MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>;

const LARGEST_BODY = 128 * 1024;

/** Refuses a body that is too large before the parser reads it. */
export const limitBody = (largest = LARGEST_BODY): Middleware => ({
  before: ({ event }) => {
    const size = Buffer.byteLength(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
    if (size > largest) throw new CdcError('REQUEST_TOO_LARGE', `The body has ${size} bytes, more than ${largest}.`);
  },
});

/** A middleware that checks the parsed body, and the function by which the handler gets that body. */
export interface ValidatedBody<Body> {
  readonly middleware: Middleware;
  bodyOf(event: APIGatewayProxyEventV2): Body;
}

export function validatedBody<Body>(schema: z.ZodType<Body>): ValidatedBody<Body> {
  const bodies = new WeakMap<APIGatewayProxyEventV2, { readonly body: Body }>();
  const before: Middleware['before'] = ({ event }) => {
    const result = schema.safeParse(event.body, { error: missingField });
    if (!result.success) throw new Rejection('REQUEST_INVALID', bodyComplaints(result.error.issues));
    bodies.set(event, { body: result.data });
  };
  return {
    middleware: { before },
    bodyOf: (event) => {
      const found = bodies.get(event);
      if (found === undefined) throw new Error('The body was not validated.');
      return found.body;
    },
  };
}
