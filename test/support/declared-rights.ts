import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';

const actions = z.union([z.string(), z.array(z.string())]).transform((found) => [found].flat());

const role = z.object({
  Properties: z.object({
    Policies: z.array(z.object({ PolicyDocument: z.object({ Statement: z.array(z.object({ Action: actions })) }) })),
  }),
});

const declared = z.object({
  functions: z.record(z.string(), z.object({ role: z.string() })),
  resources: z.object({ Resources: z.record(z.string(), z.unknown()) }),
});

/** Calls that Lambda itself makes with the function's role: it writes logs, and delivers failed events. */
const BY_LAMBDA = new Set(['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage']);

/** For each function of serverless.yml, the actions that its role allows to its code. */
export async function declaredRights(): Promise<Record<string, string[]>> {
  const text = await readFile(new URL('../../serverless.yml', import.meta.url), 'utf8');
  const { functions, resources } = declared.parse(parse(text, { logLevel: 'error' }));
  return Object.fromEntries(
    Object.entries(functions).map(([name, { role: attribute }]) => {
      const { Properties } = role.parse(resources.Resources[attribute.replace('.Arn', '')]);
      const found = Properties.Policies.flatMap(({ PolicyDocument }) =>
        PolicyDocument.Statement.flatMap(({ Action }) => Action),
      );
      return [name, [...new Set(found)].filter((action) => !BY_LAMBDA.has(action)).sort()];
    }),
  );
}
