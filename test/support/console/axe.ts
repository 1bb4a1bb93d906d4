import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { z } from 'zod';

const results = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }));

/** What axe has against the page as it is, by the rules of WCAG 2.2 (AA) and its own advice, or by these rules alone. */
export async function violations(page: Page, ...rules: readonly string[]): Promise<string[]> {
  await page.evaluate(axe.source);
  const options = JSON.stringify({ resultTypes: ['violations'], ...(rules.length > 0 ? { runOnly: rules } : {}) });
  const found = results.parse(await page.evaluate(`axe.run(document, ${options}).then((found) => found.violations)`));
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
