import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { deployerPolicy } from '../../scripts/deployer-policy.ts';
import { declaredStack } from '../../support/declared-stack.ts';
import { readDoc } from '../../support/doc-files.ts';

/** The code blocks of a language in a page. */
const blocks = (page: string, language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gmu'))].map(([, code = '']) => code);

it('the policy of deployers fits into a managed policy, and gives all rights to nothing', () => {
  const text = JSON.stringify(deployerPolicy());
  expect(text.length).toBeLessThan(6_144);
  const statements = z.object({
    Statement: z.array(z.object({ Action: z.array(z.string()), Resource: z.union([z.string(), z.array(z.string())]) })),
  });
  for (const { Action, Resource } of statements.parse(deployerPolicy()).Statement) {
    // Where AWS knows no resources to name, only reading, checking, and the delivery of the access log is allowed.
    const others = Action.filter((each) => !/:(?:Describe|Validate|\*LogDeliver|PutResourcePolicy)/u.test(each));
    if (Resource === '*') expect(others).toEqual([]);
  }
});

it('docs/deploy.md has a row for every parameter of the deployment, and for none that there is not', async () => {
  const page = await readDoc('docs/deploy.md');
  const rows = [...page.matchAll(/^\| ((?:`[a-z]\w*`(?:, )?)+) +\|/gmu)].map(([, cell = '']) => cell);
  const told = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/gu)].map(([, name = '']) => name));
  const { params } = await declaredStack();
  expect(told.sort()).toEqual(Object.keys(params.default).sort());
});

it('the workflow for GitHub Actions in docs/deploy.md tests before it deploys, with a role and no keys', async () => {
  const [workflow = ''] = blocks(await readDoc('docs/deploy.md'), 'yaml');
  const step = z.object({ uses: z.string().optional(), run: z.string().optional() });
  const job = z.object({ needs: z.string().optional(), steps: z.array(step) });
  const { jobs } = z.object({ jobs: z.object({ test: job, deploy: job }) }).parse(parse(workflow));
  const runs = (steps: z.output<typeof step>[]) => steps.flatMap(({ run }) => run ?? []).join('\n');
  expect(runs(jobs.test.steps)).toContain('npm test');
  expect(jobs.deploy.needs).toBe('test');
  expect(runs(jobs.deploy.steps)).toMatch(/npx serverless deploy --stage prod/u);
  expect(workflow).not.toMatch(/secret.?access.?key/iu);
  for (const { uses } of [...jobs.test.steps, ...jobs.deploy.steps]) expect(uses ?? 'a@v1').toMatch(/@v\d+$/u);
});
