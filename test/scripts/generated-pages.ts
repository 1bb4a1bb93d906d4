import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { taskFileJsonSchema } from '../../lib/cli/declared/task-file-schema.ts';
import { eventSchema } from '../../lib/events/event-schema.ts';
import { openApiDocument } from '../../lib/http/openapi.ts';
import { deployerPolicy } from './deployer-policy.ts';
import { costTables } from './cost/tables.ts';
import { errorsPage } from './errors-page.ts';
import { optionsTable } from './options-page.ts';
import { roomsTable } from './rooms-table.ts';
import { statesTable } from './states-table.ts';

const ROOT = new URL('../../', import.meta.url);

/** Makes the text of a page from the text that the page has now. */
type Generator = (page: string) => string;

/**
 * For a page that is written by hand: replaces only the text between the marks `<!-- name -->` and `<!-- /name -->`.
 */
const between =
  (name: string, part: () => string): Generator =>
  (page) => {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [before, rest = ''] = page.split(begin);
    const [, after] = rest.split(end);
    if (before === undefined || after === undefined) throw new Error(`The page has no ${begin} … ${end}.`);
    return `${before}${begin}\n\n${part()}\n\n${end}${after}`;
  };

/** The tables of costs, some of which depend on how many alarms the stack has. */
function costPage(page: string): string {
  const alarms = readFileSync(new URL('serverless.yml', ROOT), 'utf8').split('Type: AWS::CloudWatch::Alarm').length - 1;
  return Object.entries(costTables(alarms)).reduce((text, [name, part]) => between(name, part)(text), page);
}

/** The generated pages, by their path in the repository. Add a new generator here. */
const GENERATORS: Readonly<Record<string, Generator>> = {
  'docs/cost.md': costPage,
  'docs/design.md': between('rooms', roomsTable),
  'docs/reference/api.md': between('states', statesTable),
  'docs/reference/deployer-policy.json': () => JSON.stringify(deployerPolicy()),
  'docs/reference/errors.md': errorsPage,
  'docs/reference/events.schema.json': () =>
    JSON.stringify(z.toJSONSchema(eventSchema, { io: 'input', target: 'draft-2020-12' })),
  'docs/reference/openapi.json': () => JSON.stringify(openApiDocument()),
  'docs/reference/tasks.schema.json': () => JSON.stringify(taskFileJsonSchema()),
  'docs/reference/options.md': between('options', optionsTable),
};

export const GENERATED_PAGES: readonly string[] = Object.keys(GENERATORS);

export const fileOf = (page: string): URL => new URL(page, ROOT);

/** The text that the page should have, formatted as `npm run check` wants it. */
export async function generated(page: string): Promise<string> {
  const generator = GENERATORS[page];
  if (generator === undefined) throw new Error(`Nothing generates ${page}.`);
  const file = fileOf(page);
  const text = generator(await readFile(file, 'utf8').catch(() => ''));
  return await format(text, { ...(await resolveConfig(file)), filepath: file.pathname });
}
