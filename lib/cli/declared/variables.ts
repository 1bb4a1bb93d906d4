import { parseReference } from '../../task/uri/secret-reference.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A text whose variables are filled in, and what is wrong with those that are not. */
export interface Filled {
  readonly text: string;
  readonly problems: readonly string[];
}

/** `$${` stands for the text `${`. A default follows `:-`, and has no braces. */
const VARIABLE = /\$\$\{|\$\{(?<name>[A-Za-z_]\w*)(?:(?<hasUsual>:-)(?<usual>[^{}]*))?\}|\$\{/gu;

/** Fills in `${NAME}` and `${NAME:-default}`. An empty variable is none: pipelines set those that have no value. */
export const fillText = (text: string, env: Environment): Filled => fill(text, env, (value) => value);

/**
 * The same for the URI of a database. Passwords are kept as they are, but a URI wants some characters percent-encoded:
 * the value of a variable in the login is encoded. A variable that is the whole URI, that is a reference to a secret or
 * stands in one, or that stands behind the login is filled in as it is.
 */
export function fillUri(text: string, env: Environment): Filled {
  const end = text.lastIndexOf('@');
  return fill(text, env, (value, at) => {
    const inReference = text.lastIndexOf('{{', at) > text.lastIndexOf('}}', at);
    return at > end || inReference || isReference(value) ? value : encodeURIComponent(value.toWellFormed());
  });
}

/** The text that is filled in as the given text. */
export const unfilled = (text: string): string => text.replaceAll('${', '$$${');

const isReference = (value: string): boolean => typeof parseReference(value) !== 'string';

function fill(text: string, env: Environment, written: (value: string, at: number) => string): Filled {
  const problems: string[] = [];
  const filled = text.replaceAll(VARIABLE, (found: string, ...rest: unknown[]) => {
    if (found === '$${') return '${';
    const { name, hasUsual, usual = '' } = rest.at(-1) as Record<string, string | undefined>;
    const value = name === undefined ? undefined : env[name];
    if (value !== undefined && value !== '') return written(value, Number(rest.at(-3)));
    if (name === undefined) problems.push('A "${" begins no variable like ${NAME}. Write "$${" for the text itself.');
    else if (hasUsual === undefined) problems.push(`The environment variable ${name} is not set.`);
    return usual;
  });
  return { text: filled, problems };
}
