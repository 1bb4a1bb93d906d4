import { cutText } from '../cut-text.ts';
import { type Complaint, complain, Rejection } from './rejection.ts';
import { parseDatabaseUri } from './uri/database-uri.ts';
import {
  forbiddenCharacter,
  isSystem,
  listed,
  LONGEST_SHOWN,
  refuseMany,
  sameServer,
  selfCopies,
} from './table-mapping.ts';
import type { DatabaseMapping, TaskSpec } from './task.ts';

/** A database and its sink as the user names them; the sink's name defaults to the source's. */
export interface DatabasePair {
  readonly source: string;
  readonly sink?: string | undefined;
}

/** Reads mo_cdc's `--databases`: `db[:db2],…`. Throws MAPPING_INVALID with everything that is wrong. */
export function parseDatabases(text: string): DatabaseMapping[] {
  const complaints: Complaint[] = [];
  const pairs = listed(text).map((entry): DatabasePair => {
    const [source = '', sink, ...more] = entry.split(':');
    if (more.length > 0)
      complaints.push(complaint('databases', `"${cutText(entry.trim(), LONGEST_SHOWN)}" has more than one colon.`));
    return { source, sink };
  });
  return accept(pairs, complaints);
}

/** The same as parseDatabases, from pairs of names. */
export const mapDatabases = (pairs: readonly DatabasePair[]): DatabaseMapping[] => accept(pairs, []);

/**
 * Complaints about everything that would be copied onto itself. The addresses decide whether source and sink are one
 * server. But two addresses may lead to one server: a caller that has asked both servers passes `isOneServer`.
 */
export function copiesOntoItself(spec: TaskSpec, isOneServer = false): Complaint[] {
  if (!isOneServer && !sameServer(parseDatabaseUri(spec.sourceUri), parseDatabaseUri(spec.sinkUri))) return [];
  if (spec.level === 'table') return selfCopies(spec.tables);
  if (spec.level === 'account') {
    return [complaint('sinkUri', 'Source and sink are one server: every database would be copied onto itself.')];
  }
  return spec.databases
    .filter(({ source, sink }) => source.toLowerCase() === sink.toLowerCase())
    .map(({ source }) => complaint('databases', `Source and sink are one server, and ${source} is mapped to itself.`));
}

function accept(pairs: readonly DatabasePair[], complaints: Complaint[]): DatabaseMapping[] {
  refuseMany('databases', pairs.length);
  const databases = pairs.flatMap((pair): DatabaseMapping[] => {
    const source = readName(pair.source, complaints);
    const sink = pair.sink === undefined ? source : readName(pair.sink, complaints);
    return source === undefined || sink === undefined ? [] : [{ source, sink }];
  });
  if (pairs.length === 0) complaints.push(complaint('databases', 'No database is named.'));
  const sources = repeated(databases.map(({ source }) => source));
  complaints.push(
    ...sources.map((name) => complaint('databases', `The source database ${name} is named more than once.`)),
  );
  const sinks = sources.length > 0 ? [] : repeated(databases.map(({ sink }) => sink));
  complaints.push(
    ...sinks.map((name) => complaint('databases', `The sink database ${name} would get several source databases.`)),
  );
  if (complaints.length > 0) throw new Rejection('MAPPING_INVALID', complaints);
  return databases;
}

function readName(text: string, complaints: Complaint[]): string | undefined {
  const name = text.trim();
  const problem = nameProblem(name);
  if (problem === undefined) return name;
  complaints.push(complaint('databases', `"${cutText(name, LONGEST_SHOWN)}" ${problem}.`));
  return undefined;
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'is not the name of a database';
  if (name.includes('.')) return 'has a ".", which names of databases cannot have here';
  return forbiddenCharacter(name) ?? (isSystem(name) ? 'belongs to the server itself' : undefined);
}

/** Compares without regard to case, as MatrixOne does unless it is configured otherwise. */
function repeated(names: readonly string[]): string[] {
  const seen = new Set<string>();
  const twice = names.filter((name) => seen.size === seen.add(name.toLowerCase()).size);
  return [...new Set(twice)];
}

const complaint = (setting: string, found: string): Complaint => complain('MAPPING_INVALID', setting, found);
