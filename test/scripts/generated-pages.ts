import { format, resolveConfig } from 'prettier';
import { openApiDocument } from '../../lib/http/openapi.ts';
import { errorsPage } from './errors-page.ts';

const ROOT = new URL('../../', import.meta.url);

/** The pages of docs/ that follow from the code, by their path in the repository. A new generator is added here. */
const GENERATORS: Readonly<Record<string, () => string>> = {
  'docs/reference/errors.md': errorsPage,
  'docs/reference/openapi.json': () => JSON.stringify(openApiDocument()),
};

export const GENERATED_PAGES: readonly string[] = Object.keys(GENERATORS);

export const fileOf = (page: string): URL => new URL(page, ROOT);

/** The text that the page should have, formatted as `npm run check` wants it. */
export async function generated(page: string): Promise<string> {
  const text = GENERATORS[page]?.();
  if (text === undefined) throw new Error(`Nothing generates ${page}.`);
  const file = fileOf(page);
  return await format(text, { ...(await resolveConfig(file)), filepath: file.pathname });
}
