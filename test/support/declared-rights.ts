import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';

const actions = z.union([z.string(), z.array(z.string())]).transform((found) => [found].flat());

const document = z.object({ Statement: z.array(z.object({ Action: actions })) });
const role = z.object({ Properties: z.object({ Policies: z.array(z.object({ PolicyDocument: document })) }) });

/** A policy of its own: roles have it only with some parameter. */
const policy = z.object({
  Type: z.literal('AWS::IAM::Policy'),
  Properties: z.object({ Roles: z.array(z.string()), PolicyDocument: document }),
});

const declared = z.object({
  functions: z.record(z.string(), z.object({ role: z.string() })),
  resources: z.object({ Resources: z.record(z.string(), z.unknown()) }),
});

/** Calls that Lambda itself makes with the function's role: it writes logs, and delivers failed events. */
const BY_LAMBDA = new Set(['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage']);

/** For each function of serverless.yml, the actions that its role allows to its code, with all parameters on. */
export async function declaredRights(): Promise<Record<string, string[]>> {
  const text = await readFile(new URL('../../serverless.yml', import.meta.url), 'utf8');
  const { functions, resources } = declared.parse(parse(text, { logLevel: 'error' }));
  return Object.fromEntries(
    Object.entries(functions).map(([functionName, { role: attribute }]) => {
      const name = attribute.replace('.Arn', '');
      const { Properties } = role.parse(resources.Resources[name]);
      const more = Object.values(resources.Resources).flatMap((each) => policy.safeParse(each).data?.Properties ?? []);
      const documents = [...Properties.Policies, ...more.filter(({ Roles }) => Roles.includes(name))];
      const found = documents.flatMap(({ PolicyDocument }) => PolicyDocument.Statement.flatMap(({ Action }) => Action));
      return [functionName, [...new Set(found)].filter((action) => !BY_LAMBDA.has(action)).sort()];
    }),
  );
}
