import { createHash } from 'node:crypto';
import { omit } from '../../omit.ts';
import { countsOf } from '../../record/brief/task-brief.ts';
import { NO_NOTES } from '../../record/table-notes.ts';
import type { Progress } from '../../record/progress.ts';
import type { TaskSpec } from '../../task/task.ts';
import { partKey, taskKey, type TaskItem } from './task-key.ts';
import { type TableKey, tableEntriesOf } from '../../task/task.ts';

/**
 * A task is several items with the same partition key, so that the write of every second is small.
 *
 * - META has what is written often: what the user asks for, the lease, the error, and how far the task has come.
 * - SPEC has what the user declared. Its `edits` is that of META.
 * - NOTES has what the progress says of single tables. Its `of` is `details` of META, and `pages` names the `of` of each
 *   page.
 * - TABLES#00 to TABLES#63 have the progress of each table.
 * - BRIEF has of SPEC, NOTES and the pages what the schedule and lists need, so that they read two small items of a task.
 *   Its `edits` and `of` are those of META, or else it is old: then all items are read.
 *
 * A reader who finds other numbers has read while somebody wrote, and reads again.
 */
const BRIEF = 'BRIEF';
const SPEC = 'SPEC';
const NOTES = 'NOTES';

/** A page of a task of 1,000 tables has about 16 of them, in 1 to 2 KB. */
const PAGES = 64;

const NOTED = ['missing', 'check', 'leftOut', 'simplified', 'compared', 'dropped', 'aside'] as const;

type Tables = Progress['tables'];

interface Page {
  readonly of: string;
  readonly tables: Tables;
}

/** The items of a task beside META. */
export interface TaskParts {
  readonly id: string;
  readonly spec: TaskItem;
  readonly of: string;
  readonly notes: TaskItem;
  readonly pages: ReadonlyMap<string, Page>;
}

/** What META has of the progress. */
export const headOf = (progress: Progress): TaskItem => {
  const apart: ReadonlySet<string> = new Set(['tables', ...NOTED]);
  return Object.fromEntries(Object.entries(progress).filter(([name]) => !apart.has(name)));
};

const notesOf = (progress: Progress): TaskItem => Object.fromEntries(NOTED.map((name) => [name, progress[name]]));

const pageKey = (number: number): string => `TABLES#${String(number).padStart(2, '0')}`;

const pageOf = (table: TableKey): string => {
  const [byte = 0] = createHash('sha1').update(table).digest();
  return pageKey(byte % PAGES);
};

function pagesOf(tables: Tables): Map<string, Tables> {
  const pages = new Map<string, Record<TableKey, Tables[TableKey]>>();
  for (const [key, table] of tableEntriesOf(tables)) {
    const page = pages.get(pageOf(key)) ?? {};
    page[key] = table;
    pages.set(pageOf(key), page);
  }
  return pages;
}

/** Splits a whole item. `of`: a text that no other write of the task has used. */
export function splitItem(item: TaskItem, of: string): { readonly meta: TaskItem; readonly parts: TaskParts } {
  const { spec, before, progress, ...rest } = item;
  const whole = progress as Progress;
  const { edits, id } = rest as { readonly edits: number; readonly id: string };
  const pages = new Map([...pagesOf(whole.tables)].map(([sk, tables]) => [sk, { of, tables }]));
  return {
    meta: { ...rest, progress: headOf(whole), details: of },
    parts: { id, spec: { edits, spec, before }, of, notes: notesOf(whole), pages },
  };
}

/** The whole item, as splitItem got it. */
export function joinItem(meta: TaskItem, { spec: { spec, before }, notes, pages }: TaskParts): TaskItem {
  const progress = { ...(meta['progress'] as TaskItem), ...notes, tables: tablesOf(pages) };
  return { ...meta, spec, before, progress };
}

export const specItem = (taskName: string, id: string, spec: TaskItem): TaskItem => ({
  ...partKey(taskName, SPEC),
  id,
  ...spec,
});

/** What the schedule and lists need of the parts. */
export function briefItem(taskName: string, { id, of, spec: { edits, spec }, notes, pages }: TaskParts): TaskItem {
  const { check, ...noted } = notes as Pick<Progress, (typeof NOTED)[number]>;
  // Tasks of earlier versions lack two of the notes.
  const { simplified = NO_NOTES, compared = NO_NOTES } = notes as Partial<Progress>;
  return {
    ...briefKey(taskName),
    ...{ id, edits, of },
    spec: omit(spec as TaskSpec, 'tables', 'databases', 'exclude'),
    check: check && { number: check.number, finishedAt: check.finishedAt },
    counts: countsOf(spec as TaskSpec, { ...noted, simplified, compared, tables: tablesOf(pages) }),
  };
}

export const briefKey = (taskName: string) => partKey(taskName, BRIEF);

const tablesOf = (pages: TaskParts['pages']): Tables =>
  Object.assign({}, ...[...pages.values()].map((page) => page.tables)) as Tables;

/** The items to write for these parts; without SPEC where `before` has the same one, and without pages that it has. */
export function partItems(taskName: string, parts: TaskParts, before?: TaskParts): TaskItem[] {
  const { id, of, notes, pages, spec } = parts;
  const written = [...pages].filter(([sk, page]) => before?.pages.get(sk)?.of !== page.of);
  const stamps = Object.fromEntries([...pages].map(([sk, page]) => [sk, page.of]));
  return [
    ...(before === undefined ? [specItem(taskName, id, spec)] : []),
    { ...partKey(taskName, NOTES), id, of, notes, pages: stamps },
    briefItem(taskName, parts),
    ...written.map(([sk, page]) => ({ ...partKey(taskName, sk), id, ...page })),
  ];
}

/** The keys of all items that a task may have, META first. */
export const allKeys = (taskName: string): TaskItem[] => [
  taskKey(taskName),
  ...[BRIEF, SPEC, NOTES, ...Array.from({ length: PAGES }, (_, page) => pageKey(page))].map((sk) =>
    partKey(taskName, sk),
  ),
];

/** The parts among these items, if they belong to this META; undefined if somebody wrote while they were read. */
export function partsAmong(items: readonly TaskItem[], meta: TaskItem): TaskParts | undefined {
  const own = new Map(items.filter(({ id }) => id === meta['id']).map((item) => [String(item['sk']), item]));
  const [spec, notes] = [own.get(SPEC), own.get(NOTES)];
  if (spec === undefined || spec['edits'] !== meta['edits']) return undefined;
  if (notes === undefined || notes['of'] !== meta['details']) return undefined;
  const pages = new Map<string, Page>();
  for (const [sk, of] of Object.entries(notes['pages'] as Readonly<Record<string, string>>)) {
    const page = own.get(sk);
    if (page?.['of'] !== of) return undefined;
    pages.set(sk, { of, tables: page['tables'] as Tables });
  }
  return {
    id: String(meta['id']),
    spec: { edits: spec['edits'], spec: spec['spec'], before: spec['before'] },
    of: String(notes['of']),
    notes: notes['notes'] as TaskItem,
    pages,
  };
}

/** Does this BRIEF belong to this META? */
export const isBriefOf = (brief: TaskItem | undefined, meta: TaskItem): brief is TaskItem =>
  brief !== undefined &&
  brief['id'] === meta['id'] &&
  brief['edits'] === meta['edits'] &&
  brief['of'] === meta['details'];

/** Do the parts belong to this META? */
export const areOf = (parts: TaskParts, meta: TaskItem): boolean =>
  parts.id === meta['id'] && parts.spec['edits'] === meta['edits'] && parts.of === meta['details'];

/** The parts for other progress. The same object if nothing in them differs. */
export function partsFor(parts: TaskParts, progress: Progress, of: string): TaskParts {
  const notes = notesOf(progress);
  const tables = pagesOf(progress.tables);
  const pages = new Map<string, Page>();
  let isSame = textOf(notes) === textOf(parts.notes);
  for (const sk of new Set([...tables.keys(), ...parts.pages.keys()])) {
    const [known, now] = [parts.pages.get(sk), tables.get(sk) ?? {}];
    const same = known !== undefined && textOf(known.tables) === textOf(now);
    isSame &&= same;
    pages.set(sk, same ? known : { of, tables: now });
  }
  return isSame ? parts : { ...parts, of, notes, pages };
}

/** The same text for the same content, whatever the order of its members. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
