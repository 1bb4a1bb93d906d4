import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { z } from 'zod';

const results = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }));

/** What axe has against the page as it is, by the rules of WCAG 2.2 (AA) and its own advice. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = results.parse(await page.evaluate('axe.run(document).then((found) => found.violations)'));
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
