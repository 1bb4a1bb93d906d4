import type { z } from 'zod';
import { type ErrorCode, ERRORS } from '../../error-codes.ts';
import { type Complaint, complain } from '../../task/rejection.ts';

type Issue = z.core.$ZodIssue;

/**
 * One complaint for every issue that the schema found in a body. It never repeats a value, because values may be
 * secrets.
 */
export const bodyComplaints = (issues: readonly Issue[]): Complaint[] =>
  issues.flatMap((issue) => complaintsOf(issue, []));

/** The message for a field that is missing, in plainer words than the library's; undefined if the field is there. */
export const missingField = (issue: { readonly input?: unknown }): string | undefined =>
  issue.input === undefined ? 'The field is missing.' : undefined;

function complaintsOf(issue: Issue, outer: readonly PropertyKey[]): Complaint[] {
  const path = [...outer, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => complain('REQUEST_INVALID', settingOf([...path, key]), 'There is no such field.'));
  }
  // If a field can have several forms, report only the issues of the form that the user tried.
  const tried = issue.code === 'invalid_union' ? issue.errors.find((issues) => !issues.some(isOtherForm)) : undefined;
  if (tried !== undefined) return tried.flatMap((inner) => complaintsOf(inner, path));
  return [complain(codeOf(issue), settingOf(path), issue.message)];
}

const isOtherForm = (issue: Issue): boolean => issue.code === 'invalid_type' && issue.path.length === 0;

function codeOf(issue: Issue): ErrorCode {
  const code: unknown = issue.code === 'custom' ? issue.params?.['code'] : undefined;
  return typeof code === 'string' && isErrorCode(code) ? code : 'REQUEST_INVALID';
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code);

/** Where the issue is: `tables[0].source`, or `body` for the whole body. */
function settingOf(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? 'body' : text.replace(/^\./u, '');
}
