/** Where a password is kept. A URI has the reference in the place of the password. */
export type SecretReference =
  /**
   * `{{resolve:secretsmanager:<name or ARN>[:SecretString:<key>]}}`. If the secret is a JSON object, `key` names the
   * field.
   */
  | { readonly service: 'secretsmanager'; readonly id: string; readonly key?: string }
  /** `{{resolve:ssm:<name>}}` or `{{resolve:ssm-secure:<name>}}`: a parameter of any kind. */
  | { readonly service: 'ssm'; readonly name: string }
  /**
   * `{{task-secret:<name>:<end>}}`: a password that the product has moved out of a URI. Users cannot write such a
   * reference.
   */
  | { readonly service: 'task'; readonly name: string; readonly key: SecretEnd };

export type SecretEnd = 'source' | 'sink';

// The forms of CloudFormation's dynamic references. The name may be an ARN, which has colons.
const SECRETS_MANAGER =
  /^\{\{resolve:secretsmanager:(?<id>arn:[^:{}]+:secretsmanager:[^:{}]*:\d*:secret:[^:{}]+|[^:{}]+)(?::SecretString(?::(?<key>[^:{}]*))?)?\}\}$/u;
const SSM = /^\{\{resolve:ssm(?:-secure)?:(?<name>arn:[^:{}]+:ssm:[^:{}]*:\d*:parameter\/[^:{}]+|[^:{}]+)\}\}$/u;
const TASK = /^\{\{task-secret:(?<name>[\w-]+\/[\w-]+):(?<key>source|sink)\}\}$/u;

/** Reads a reference. If the text is not one, returns the reason as a text. */
export function parseReference(text: string): SecretReference | string {
  const manager = SECRETS_MANAGER.exec(text)?.groups;
  if (manager?.['id'] !== undefined) {
    const { id, key = '' } = manager;
    return { service: 'secretsmanager', id, ...(key === '' ? {} : { key }) };
  }
  const parameter = SSM.exec(text)?.groups?.['name'];
  // Parameter Store can also show secrets of Secrets Manager. Refuse that: it would show the secrets of tasks to other
  // tasks.
  if (parameter?.toLowerCase().includes('aws/reference/secretsmanager') === true) {
    return 'it refers to a secret by way of Parameter Store; write {{resolve:secretsmanager:NAME}} instead';
  }
  if (parameter !== undefined) return { service: 'ssm', name: parameter };
  const own = TASK.exec(text)?.groups;
  if (own?.['name'] !== undefined) {
    return { service: 'task', name: own['name'], key: own['key'] === 'source' ? 'source' : 'sink' };
  }
  return 'its reference is none of {{resolve:secretsmanager:NAME}}, {{resolve:secretsmanager:NAME:SecretString:KEY}} and {{resolve:ssm:NAME}} (a version cannot be named; a { of a password is written as %7B)';
}

export const ownReference = (name: string, end: SecretEnd): string => `{{task-secret:${name}:${end}}}`;

/** The reference as messages call it. */
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
