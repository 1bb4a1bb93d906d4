import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { installPython, type PythonEnvironment } from '../../../localstack/installing/python-environment.ts';
import { outputOf } from '../output-of.ts';

const CFN_LINT = '1.58.0';
const PARLIAMENT = '1.6.4';
/** parliament needs it, and does not say so. Environments of Python 3.12 and later come without it. */
const SETUPTOOLS = '75.8.0';

const LINTERS: PythonEnvironment = {
  name: 'cfn-lint and parliament',
  directory: `linters-${CFN_LINT}-${PARLIAMENT}-${SETUPTOOLS}`,
  packages: [`cfn-lint==${CFN_LINT}`, `parliament==${PARLIAMENT}`, `setuptools==${SETUPTOOLS}`],
};

/** Installs the linters of templates and policies, at the first call on a machine. */
export const installLinters = (): Promise<string> => installPython(LINTERS);

/** As their scripts do. */
const CFN_LINT_MAIN = 'import cfnlint.runner; cfnlint.runner.main()';
const PARLIAMENT_MAIN = 'import parliament.cli; parliament.cli.cli()';

async function python(...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await outputOf(await installLinters(), args, { PYTHONWARNINGS: 'ignore' });
  // What they find they print. Only what goes wrong with themselves comes here.
  if (stderr !== '') throw new Error(stderr);
  return stdout;
}

const finding = z.object({
  Level: z.string(),
  Message: z.string(),
  Rule: z.object({ Id: z.string() }),
  Location: z.object({ Path: z.array(z.union([z.string(), z.number()])).nullable() }),
});

export interface Finding {
  readonly level: string;
  readonly rule: string;
  readonly text: string;
}

/** What AWS's own linter has against a template, by the schemas of its resources in a region. */
export async function lintTemplate(file: string, region: string): Promise<Finding[]> {
  const stdout = await python('-c', CFN_LINT_MAIN, '--format', 'json', '--regions', region, '--', file);
  const found = z.array(finding).parse(JSON.parse(stdout));
  return found.map(({ Level, Message, Rule, Location }) => ({
    level: Level,
    rule: Rule.Id,
    text: `${(Location.Path ?? []).join('/')}: ${Message}`,
  }));
}

const issue = z.object({ issue: z.string(), severity: z.string(), detail: z.unknown(), location: z.unknown() });

/** What a linter of IAM policies has against these: calls and conditions that there are not, resources that do not fit. */
export async function lintPolicies(dir: string, policies: Readonly<Record<string, unknown>>): Promise<string[]> {
  await mkdir(dir, { recursive: true });
  for (const [name, policy] of Object.entries(policies)) {
    await writeFile(join(dir, `${name}.json`), JSON.stringify(policy));
  }
  const stdout = await python('-c', PARLIAMENT_MAIN, '--directory', dir, '--json');
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const { issue: kind, severity, detail, location } = issue.parse(JSON.parse(line));
    return `${severity} ${kind}: ${JSON.stringify(detail)} at ${JSON.stringify(location)}`;
  });
}

/** The actions that handlers of these types may use, by the schemas of AWS that the linter has. */
export async function handlerActions(types: readonly string[]): Promise<Record<string, string[]>> {
  const program = `
import json, sys
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER as schemas
handlers = lambda type: schemas.get_resource_schema('us-east-1', type).schema.get('handlers', {})
steps = ['create', 'read', 'update', 'delete']
actions = lambda type: sorted({each for step in steps for each in handlers(type).get(step, {}).get('permissions', [])})
print(json.dumps({type: actions(type) for type in sys.argv[1:]}))`;
  const printed = await python('-c', program, ...types);
  return z.record(z.string(), z.array(z.string())).parse(JSON.parse(printed));
}

/** Which of these types of resources take tags, by the schemas that the linter has. */
export async function taggable(types: readonly string[]): Promise<string[]> {
  const program = `
import json, sys
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER as schemas
properties = lambda type: schemas.get_resource_schema('us-east-1', type).schema.get('properties', {})
print(json.dumps([type for type in sys.argv[1:] if 'Tags' in properties(type)]))`;
  return z.array(z.string()).parse(JSON.parse(await python('-c', program, ...types)));
}
