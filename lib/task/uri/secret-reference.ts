/** Where a password is kept, in the place of which a URI names it. */
export type SecretReference =
  /** `{{resolve:secretsmanager:<name or ARN>[:SecretString:<key>]}}`; `key` is one of the JSON object that it holds. */
  | { readonly service: 'secretsmanager'; readonly id: string; readonly key?: string }
  /** `{{resolve:ssm:<name>}}` or `{{resolve:ssm-secure:<name>}}`: a parameter of any kind. */
  | { readonly service: 'ssm'; readonly name: string }
  /** `{{task-secret:<name>:<end>}}`: what the product has moved out of a URI itself. Users cannot write it. */
  | { readonly service: 'task'; readonly name: string; readonly key: SecretEnd };

export type SecretEnd = 'source' | 'sink';

// The forms of CloudFormation's dynamic references. The colons of an ARN belong to it.
const SECRETS_MANAGER =
  /^\{\{resolve:secretsmanager:(?<id>arn:[^:{}]+:secretsmanager:[^:{}]*:\d*:secret:[^:{}]+|[^:{}]+)(?::SecretString(?::(?<key>[^:{}]*))?)?\}\}$/u;
const SSM = /^\{\{resolve:ssm(?:-secure)?:(?<name>arn:[^:{}]+:ssm:[^:{}]*:\d*:parameter\/[^:{}]+|[^:{}]+)\}\}$/u;
const TASK = /^\{\{task-secret:(?<name>[\w-]+\/[\w-]+):(?<key>source|sink)\}\}$/u;

/** The answer is a text where it is no reference, and says why. */
export function parseReference(text: string): SecretReference | string {
  const manager = SECRETS_MANAGER.exec(text)?.groups;
  if (manager?.['id'] !== undefined) {
    const { id, key = '' } = manager;
    return { service: 'secretsmanager', id, ...(key === '' ? {} : { key }) };
  }
  const parameter = SSM.exec(text)?.groups?.['name'];
  // Parameter Store shows the secrets of Secrets Manager, too: those of tasks are for their tasks alone.
  if (parameter?.toLowerCase().includes('aws/reference/secretsmanager') === true) {
    return 'it refers to a secret by way of Parameter Store: {{resolve:secretsmanager:NAME}} does so at once';
  }
  if (parameter !== undefined) return { service: 'ssm', name: parameter };
  const own = TASK.exec(text)?.groups;
  if (own?.['name'] !== undefined) {
    return { service: 'task', name: own['name'], key: own['key'] === 'source' ? 'source' : 'sink' };
  }
  return 'its reference is none of {{resolve:secretsmanager:NAME}}, {{resolve:secretsmanager:NAME:SecretString:KEY}} and {{resolve:ssm:NAME}} (a version cannot be named; a { of a password is written as %7B)';
}

export const ownReference = (name: string, end: SecretEnd): string => `{{task-secret:${name}:${end}}}`;

/** What to call it in messages. */
export const describeReference = (reference: SecretReference): string => {
  switch (reference.service) {
    case 'secretsmanager':
      return `the secret ${reference.id}`;
    case 'ssm':
      return `the parameter ${reference.name}`;
    case 'task':
      return `the secret of the task, ${reference.name},`;
  }
};
