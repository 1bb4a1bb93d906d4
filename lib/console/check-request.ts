import type { z } from 'zod';
import { bodyComplaints, missingField } from '../http/request/body-complaints.ts';
import { createTaskBody } from '../http/request/request-schemas.ts';
import { editTaskBody } from '../http/request/edit-schema.ts';
import { checkSpec } from '../task/check-spec.ts';
import type { Complaint } from '../task/rejection.ts';

/** What the API would say of a new task before it asks any server. Nothing is sent, so a form can ask at every key. */
export function checkCreate(body: unknown): Complaint[] {
  const found = createTaskBody.safeParse(body, { error: missingField });
  return found.success ? checkSpec(found.data) : complaintsOf(found.error);
}

/** The same for an edit. */
export function checkEdit(body: unknown): Complaint[] {
  const found = editTaskBody.safeParse(body, { error: missingField });
  return found.success ? [] : complaintsOf(found.error);
}

const complaintsOf = ({ issues }: z.ZodError): Complaint[] => bodyComplaints(issues);
