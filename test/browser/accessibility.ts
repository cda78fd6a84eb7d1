import type { AxeResults } from 'axe-core';
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What WCAG 2.2 asks of a page at the levels A and AA, and what axe counts as good practice. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What a document is looked at with. */
export const axeSource: string = axe.source;

/** Documents that the page loads from now on can be looked at. */
export const withAxe = (page: Page): Promise<unknown> => page.addInitScript({ content: axeSource });

/** What who cannot see, point or tell colours apart would stumble over, in a line each; of `colours` alone where the rest is known. */
export async function accessFindings(page: Page, where: string, what: 'all' | 'colours'): Promise<string[]> {
  const runOnly =
    what === 'all' ? { type: 'tag', values: TAGS } : { type: 'rule', values: ['color-contrast'] };
  const { violations } = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(runOnly)}, resultTypes: ['violations'] })`,
  )) as AxeResults;
  return violations.flatMap(({ help, id, nodes }) =>
    nodes.map(({ failureSummary = '', html }) => {
      const summary = failureSummary.split('\n').slice(1).join(' ').trim().slice(0, 200);
      return `${where}: ${id}, ${help}: ${html.slice(0, 160)} ${summary}`;
    }),
  );
}
