import type { Stack } from './stack.ts';

/** Lines to copy into a shell: where the API is, a first task that follows everything, and the console. */
export function firstSteps({
  httpEndpoint,
  sourceUri,
  sinkUri,
}: Pick<Stack, 'httpEndpoint' | 'sourceUri' | 'sinkUri'>): string[] {
  return [
    // The address has a $, which a shell would take for a variable.
    `export MO_CDC_ENDPOINT=${quoted(httpEndpoint)}`,
    `npx mo_cdc task create --task-name first --level account --source-uri ${quoted(sourceUri)} --sink-type matrixone --sink-uri ${quoted(sinkUri)}`,
    'npx mo_cdc console',
  ];
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
