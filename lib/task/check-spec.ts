import { CdcError } from '../errors.ts';
import { type Complaint, complain, complaintOf } from './rejection.ts';
import { copiesOntoItself } from './database-mapping.ts';
import { parseDatabaseUri } from './uri/database-uri.ts';
import { excludeProblems } from './exclude.ts';
import { newTaskNameProblem, taskNameProblem } from './task-name.ts';
import type { SinkType, TaskSpec } from './task.ts';

/**
 * The longest URI, in characters, certificates included. The item of a task holds two URIs and the rest of the
 * declaration.
 */
const LONGEST_URI = 32_768;

/** Everything wrong with a task that can be found without asking a server. */
export function checkSpec(spec: TaskSpec): Complaint[] {
  const complaints = [...checkTaskName(spec.name), ...checkUri('sourceUri', spec.sourceUri)];
  complaints.push(...checkUri('sinkUri', spec.sinkUri));
  complaints.push(...excludeProblems(spec.exclude).map((found) => complain('EXCLUDE_UNSUPPORTED', 'exclude', found)));
  return complaints.length > 0 ? complaints : copiesOntoItself(spec);
}

export const checkNewTaskName = (name: string): Complaint[] => checkTaskName(name, newTaskNameProblem);

function checkTaskName(name: string, problemOf = taskNameProblem): Complaint[] {
  const problem = problemOf(name);
  return problem === undefined ? [] : [complain('REQUEST_INVALID', 'taskName', problem)];
}

export function checkUri(setting: string, uri: string): Complaint[] {
  try {
    parseDatabaseUri(uri);
    return [];
  } catch (error) {
    if (error instanceof CdcError) return [complaintOf(error, setting)];
    throw error;
  }
}

/** The same check for a URI that a user gives. Users may not refer to the secrets that the product keeps itself. */
export function checkGivenUri(setting: string, uri: string): Complaint[] {
  if (uri.length > LONGEST_URI) {
    return [complain('URI_INVALID', setting, `It has ${uri.length} characters, more than ${LONGEST_URI}.`)];
  }
  const complaints = checkUri(setting, uri);
  if (complaints.length > 0 || parseDatabaseUri(uri).secret?.service !== 'task') return complaints;
  return [
    complain(
      'URI_INVALID',
      setting,
      'It refers to a secret that the product keeps itself. Write the password in its place.',
    ),
  ];
}
/**
 * The URI of a sink as a new task, or an edit, stores it. For MySQL and MariaDB, TLS becomes required unless the URI
 * has a TLS parameter. (A freshly installed MatrixOne has no certificate and offers no TLS.) Stored URIs keep their
 * meaning.
 */
export function withSinkTls(uri: string, sinkType: SinkType): string {
  if (sinkType !== 'mysql') return uri;
  // The last `@` ends the login. All parameters of a URI are about TLS.
  const [, parameters = ''] = uri.slice(uri.lastIndexOf('@')).split('?');
  return parameters.replaceAll('&', '') === '' ? `${uri.replace(/\?&*$/u, '')}?tls=required` : uri;
}
