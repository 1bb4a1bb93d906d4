import { errorAction, errorTitle, type Language } from '../../error-texts.ts';
import { inLine } from '../output/printable.ts';
import type { ApiProblem } from './cli-error.ts';

/** An error of the API for people. Its details (tables, columns, keys) stay as the API has said them. */
export function problemLines(code: string, problem: ApiProblem, language: Language): string[] {
  const { detail, complaints = [] } = problem;
  const action = errorAction(code, problem.action, language);
  const title = errorTitle(code, language);
  if (complaints.length === 0) {
    const said = title === undefined ? [`${code}: ${detail}`] : [`${code}: ${title}`, detail];
    return [...said, action].map(inLine);
  }
  const head = title === undefined ? `${code}: ${action}` : `${code}: ${title}。${action}`;
  const reasons = complaints.map((each) => {
    const { setting, found } = each;
    const what = errorTitle(each.code, language);
    // Do not repeat the action of the first line.
    const remedy = each.action === problem.action ? '' : ` ${errorAction(each.code, each.action, language)}`;
    return `- ${setting}: ${found} (${each.code}${what === undefined ? '' : `: ${what}`})${remedy}`;
  });
  return [head, ...reasons].map(inLine);
}
