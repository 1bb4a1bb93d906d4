import { readFile } from 'node:fs/promises';
import { parse, type ScalarTag, type CollectionTag } from 'yaml';
import { z } from 'zod';

/** CloudFormation's short forms as long ones: `!GetAtt a.b` becomes { 'Fn::GetAtt': 'a.b' }. */
const scalar = (name: string): ScalarTag => ({
  tag: `!${name}`,
  resolve: (text: string) => ({ [name === 'Ref' ? name : `Fn::${name}`]: text }),
});

const sequence = (name: string): CollectionTag => ({
  tag: `!${name}`,
  collection: 'seq',
  resolve: (items) => ({ [`Fn::${name}`]: items.toJSON() as unknown }),
});

const resource = z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) });
const declared = z.object({
  params: z.object({ default: z.record(z.string(), z.unknown()) }),
  provider: z.object({ environment: z.record(z.string(), z.unknown()) }),
  functions: z.record(z.string(), z.unknown()),
  resources: z.object({ Resources: z.record(z.string(), resource) }),
});

export type DeclaredStack = z.output<typeof declared>;

/** serverless.yml as it is written. Variables in it stay as they are. */
export async function declaredStack(): Promise<DeclaredStack> {
  const text = await readFile(new URL('../../serverless.yml', import.meta.url), 'utf8');
  const customTags = [
    ...['Ref', 'Sub', 'GetAtt'].map(scalar),
    ...['If', 'Not', 'Equals', 'Split', 'Join', 'Select'].map(sequence),
  ];
  return declared.parse(parse(text, { merge: true, customTags }));
}
