import { CdcError } from '../errors.ts';
import type { ListedName, Source } from '../replication/endpoints/source.ts';
import { kindRefusal } from '../replication/tables/table-set.ts';
import { mapDatabases } from '../task/database-mapping.ts';
import { complain, complaintOf, Rejection } from '../task/rejection.ts';
import { isSystem, mapTables } from '../task/table-mapping.ts';
import type { TaskOptions } from '../task/task.ts';
import { maskUri } from '../task/uri/database-uri.ts';

/** How long the source may take, as in the check of a new task. */
const DEADLINE_MS = 15_000;
/** The most names in an answer, and the most bytes that they take: Lambda's answers have at most six million. */
export const MOST_LISTED = 10_000;
const MOST_BYTES = 4_000_000;

/** What somebody wants to know of a source before there is a task. */
export interface SourceAsked {
  readonly sourceUri: string;
  readonly options: TaskOptions;
  /** Undefined: which databases there are. Otherwise: which tables this one has. */
  readonly database: string | undefined;
  /** Only names with this text in them. */
  readonly containing: string;
}

export interface SourceName extends ListedName {
  /** Why a task cannot name it; undefined if it can. */
  readonly refusal: string | undefined;
}

export interface SourceNames {
  readonly names: readonly SourceName[];
  /** How many more there are. */
  readonly leftOut: number;
}

export type OpenSource = (
  asked: Pick<SourceAsked, 'sourceUri' | 'options'>,
  signal: AbortSignal,
) => Pick<Source, 'names' | 'close'>;

/**
 * Lists the databases of a source, or the tables of one of them, as they are now. Nothing is made at the source. Throws
 * REQUEST_INVALID, or TASK_REJECTED with what is wrong with the source.
 */
export async function listSource(
  open: OpenSource,
  asked: SourceAsked,
  signal: AbortSignal,
  { deadlineMs, most }: { readonly deadlineMs: number; readonly most: number } = {
    deadlineMs: DEADLINE_MS,
    most: MOST_LISTED,
  },
): Promise<SourceNames> {
  const { sourceUri, database, containing } = asked;
  if (database !== undefined && isSystem(database)) {
    const found = `The database ${database} belongs to the server itself, or to the product.`;
    throw new Rejection('REQUEST_INVALID', [complain('MAPPING_INVALID', 'database', found)]);
  }
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  const source = open(asked, deadline);
  try {
    const { names, count } = await source.names({ database, containing, most });
    const shown = fitting(names.map((each) => ({ ...each, refusal: refusalOf(each, database) })));
    return { names: shown, leftOut: Math.max(names.length, count) - shown.length };
  } catch (error) {
    if (deadline.aborted)
      throw rejected(new CdcError('SOURCE_UNREACHABLE', `${maskUri(sourceUri)} did not answer in time.`));
    if (error instanceof CdcError && error.code !== 'INTERNAL') throw rejected(error);
    throw error;
  } finally {
    await Promise.allSettled([source.close()]);
  }
}

const rejected = (error: CdcError): Rejection => {
  const setting = error.code === 'SOURCE_DATABASE_MISSING' ? 'database' : 'sourceUri';
  return new Rejection('TASK_REJECTED', [complaintOf(error, setting)]);
};

/** The first names, as many as an answer takes. */
function fitting(names: readonly SourceName[]): readonly SourceName[] {
  let bytes = 0;
  const end = names.findIndex((each) => (bytes += Buffer.byteLength(JSON.stringify(each)) + 64) > MOST_BYTES);
  return end < 0 ? names : names.slice(0, end);
}

/** By the rules for the names in a task, and by the kind of a table. */
function refusalOf({ name, kind }: ListedName, database: string | undefined): string | undefined {
  if (database === undefined) return complaintAbout(() => mapDatabases([{ source: name }]), name);
  const refusal = kindRefusal({ name: { database, table: name }, kind });
  if (refusal !== undefined) return refusal;
  return complaintAbout(() => mapTables([{ source: `${database}.${name}` }]), `${database}.${name}`);
}

function complaintAbout(read: () => unknown, name: string): string | undefined {
  try {
    read();
    // A mapping takes spaces around a name for none of it.
    return name.split('.').every((part) => part === part.trim()) ? undefined : 'its name begins or ends with a space';
  } catch (error) {
    if (error instanceof Rejection) return error.complaints[0]?.found;
    throw error;
  }
}
