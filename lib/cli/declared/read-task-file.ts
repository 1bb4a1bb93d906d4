import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, visit } from 'yaml';
import type { Document } from 'yaml';
import { ERRORS } from '../../error-codes.ts';
import { bodyComplaints, missingField } from '../../http/request/body-complaints.ts';
import { createTaskBody } from '../../http/request/request-schemas.ts';
import type { TaskSpec } from '../../task/task.ts';
import { fillText, fillUri } from './variables.ts';
import { type Line, say } from '../texts/say.ts';

/** A task as a file declares it. */
export interface DeclaredTask {
  /** The declaration with every default. */
  readonly spec: TaskSpec;
  /** The declaration as the API takes it. */
  readonly body: unknown;
  /** The file and the line. */
  readonly place: string;
}

export interface TaskFile {
  readonly tasks: readonly DeclaredTask[];
  /** Everything that is wrong, each with its place. No problem quotes a value, because values may be secrets. */
  readonly problems: readonly Line[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Tasks may share parts by aliases: this many uses of them, so that a file cannot grow without end. */
const MOST_ALIASES = 10_000;

/** Reads the tasks that the text of a file declares: in one document or several, each with a task or a list of tasks. */
export function readTaskFile(path: string, text: string, env: Environment): TaskFile {
  const lines = new LineCounter();
  const tasks: DeclaredTask[] = [];
  const problems: Line[] = [];
  const placeOf = (offset: number): string => `${path}:${lines.linePos(offset).line}`;
  // With pretty errors, a message would quote the text around it.
  for (const document of parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true })) {
    const { errors } = document;
    problems.push(...errors.map(({ pos: [at], message }) => `${placeOf(at)}: ${message}`));
    if (errors.length > 0) continue;
    problems.push(...fillIn(document, env, placeOf));
    for (const node of nodesOf(document.contents)) {
      const found = readTask(document, node, placeOf);
      if ('spec' in found) tasks.push(found);
      else problems.push(...found.problems);
    }
  }
  return { tasks, problems: [...problems, ...repeated(tasks)] };
}

/** An empty document, such as that after a last `---`, has no tasks. */
function nodesOf(contents: unknown): Node[] {
  if (contents === null || (isScalar(contents) && contents.value === null)) return [];
  return isSeq<Node>(contents) ? contents.items : [contents as Node];
}

/** Fills in the variables of every text; keys stay as they are. */
function fillIn(document: Document.Parsed, env: Environment, placeOf: (offset: number) => string): string[] {
  const problems: string[] = [];
  visit(document, {
    Scalar(key, node, path) {
      if (key === 'key' || typeof node.value !== 'string') return;
      const pair = path.at(-1);
      const name = pair !== undefined && 'key' in pair && isScalar(pair.key) ? pair.key.value : undefined;
      const isUri = name === 'sourceUri' || name === 'sinkUri';
      const filled = (isUri ? fillUri : fillText)(node.value, env);
      node.value = filled.text;
      problems.push(...filled.problems.map((problem) => `${placeOf(node.range?.[0] ?? 0)}: ${problem}`));
    },
  });
  return problems;
}

function readTask(
  document: Document.Parsed,
  given: Node,
  placeOf: (offset: number) => string,
): DeclaredTask | { readonly problems: string[] } {
  const node = isAlias(given) ? (given.resolve(document) ?? given) : given;
  const at = (path: readonly string[]): string => placeOf(deepest(node, path).range?.[0] ?? given.range?.[0] ?? 0);
  const body: unknown = node.toJS(document, { maxAliasCount: MOST_ALIASES });
  if (!isMap(node)) return { problems: [`${at([])}: This is no task: a task has fields such as taskName.`] };
  const parsed = createTaskBody.safeParse(body, { error: missingField });
  if (parsed.success) return { spec: parsed.data, body, place: at([]) };
  const complaints = bodyComplaints(parsed.error.issues);
  return {
    problems: complaints.map(({ setting, found, action }) => {
      const path = setting === 'body' ? [] : setting.split(/[.[\]]+/u).filter((part) => part !== '');
      return `${at(path)}: ${setting}: ${found}${action === FIX ? '' : ` ${action}`}`;
    }),
  };
}

/** What most complaints advise: it goes without saying here. */
const FIX = ERRORS.REQUEST_INVALID.action;

/** The node at the path, or the last one on the way to it: a field that is missing has none. */
function deepest(node: Node, path: readonly string[]): Node {
  const [key, ...rest] = path;
  if (key === undefined) return node;
  const child =
    isMap<unknown, Node>(node) || isSeq<Node>(node) ? node.get(isSeq(node) ? Number(key) : key, true) : undefined;
  return child === undefined ? node : deepest(child as Node, rest);
}

function repeated(tasks: readonly DeclaredTask[]): Line[] {
  const places = new Map<string, string>();
  return tasks.flatMap(({ spec: { name }, place }) => {
    const first = places.get(name);
    places.set(name, first ?? place);
    return first === undefined ? [] : [say('apply.twice', { place, name, first })];
  });
}
