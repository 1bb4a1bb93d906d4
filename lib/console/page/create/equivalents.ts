import { optionKind, type OptionName } from '../../../task/options.ts';
import { createBody, type Draft } from './draft.ts';
import { passwordPlace } from './masked-text.ts';

const SOURCE_PASSWORD = 'MO_CDC_SOURCE_PASSWORD';
const SINK_PASSWORD = 'MO_CDC_SINK_PASSWORD';

/** The command that creates the same task, for a POSIX shell. Variables stand for the passwords. */
export function createCommand(draft: Draft): string {
  const { taskName, sourceUri, sinkType, sinkUri, level, tables, databases, exclude, options } = createBody(draft);
  const list = (found: typeof tables): string =>
    (found ?? []).map(({ source, sink }) => (sink === undefined ? source : `${source}:${sink}`)).join(',');
  const flags = [
    ['--task-name', quoted(taskName)],
    ['--source-uri', quotedUri(sourceUri, SOURCE_PASSWORD)],
    ['--sink-type', quoted(sinkType)],
    ['--sink-uri', quotedUri(sinkUri, SINK_PASSWORD)],
    ['--level', quoted(level)],
    ...(tables === undefined ? [] : [['--tables', quoted(list(tables))]]),
    ...(databases === undefined ? [] : [['--databases', quoted(list(databases))]]),
    ...(exclude ?? []).map((pattern) => ['--exclude', quoted(pattern)]),
    ...Object.entries(options ?? {}).flatMap(([name, value]) => optionFlag(name as OptionName, value)),
  ];
  return ['mo_cdc task create', ...flags.map((flag) => flag.join(' '))].join(' \\\n    ');
}

function optionFlag(name: OptionName, value: unknown): string[][] {
  const { flag, type } = optionKind(name);
  if (type !== 'switch') return [[flag, quoted(String(value))]];
  return value === true ? [[flag]] : [];
}

const quoted = (text: string): string => (/^[\w.,:/@%+=-]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

function quotedUri(uri: string, variable: string): string {
  const place = passwordPlace(uri);
  if (place === undefined) return quoted(uri);
  const { start, end } = place;
  return `${quoted(uri.slice(0, start))}"$${variable}"${end === uri.length ? '' : quoted(uri.slice(end))}`;
}

/** The same task as a document for `mo_cdc apply`: the body of the request, with variables for the passwords. */
export function createYaml(draft: Draft): string {
  const { sourceUri, sinkUri, ...body } = createBody(draft);
  const { taskName, ...rest } = body;
  const uris = { sourceUri: uriText(sourceUri, SOURCE_PASSWORD), sinkUri: uriText(sinkUri, SINK_PASSWORD) };
  return yaml({ taskName: plain(taskName), ...uris, ...escaped(rest) }, '');
}

/** In such a document, `${` begins a variable, and `$${` is the text. */
const plain = (text: string): string => text.replaceAll('${', '$$${');

function uriText(uri: string, variable: string): string {
  const place = passwordPlace(uri);
  if (place === undefined) return plain(uri);
  return `${plain(uri.slice(0, place.start))}\${${variable}}${plain(uri.slice(place.end))}`;
}

type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value | undefined };

const escaped = (value: unknown): Record<string, Value> =>
  JSON.parse(JSON.stringify(value), (_, each: unknown) => (typeof each === 'string' ? plain(each) : each)) as Record<
    string,
    Value
  >;

/** Texts stand in double quotes, as in JSON: so none can be taken for something else. */
function yaml(value: Readonly<Record<string, Value | undefined>>, indent: string): string {
  return Object.entries(value)
    .map(([key, each]) => {
      if (Array.isArray(each)) {
        const items = (each as readonly Value[]).map((item) => `${indent}  - ${JSON.stringify(item)}\n`).join('');
        return items === '' ? `${indent}${key}: []\n` : `${indent}${key}:\n${items}`;
      }
      if (typeof each === 'object' && each !== null) return `${indent}${key}:\n${yaml(each as never, `${indent}  `)}`;
      return `${indent}${key}: ${JSON.stringify(each)}\n`;
    })
    .join('');
}
