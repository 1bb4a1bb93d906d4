import { Parser, type QualifiedName } from '../sql/parser.ts';
import type { SideConnection } from './side.ts';

interface Position {
  readonly file: string;
  readonly offset: number;
}

/** What has been committed since the last reading. */
export interface News {
  /** `db.table` of every table with changed rows. */
  readonly written: ReadonlySet<string>;
  /** Whether any table, index or view was created, altered, renamed or dropped. */
  readonly schemaChanged: boolean;
  /** `db.table`, or `db.` for a whole database, that were dropped, created, emptied or renamed over. */
  readonly replaced: ReadonlySet<string>;
}

const DDL = /^(?:use `(?<database>(?:[^`]|``)*)`; *)?(?<sql>(?:create|alter|drop|rename|truncate)\b[\s\S]*)/i;

/** Reads the server's row log, which has exactly what was committed, in this order. */
export class Binlog {
  readonly #side: SideConnection;
  #read: Position | undefined;

  constructor(side: SideConnection) {
    this.#side = side;
  }

  /** The first reading only finds the place. */
  async news(): Promise<News> {
    const news = { written: new Set<string>(), schemaChanged: false, replaced: new Set<string>() };
    const end = await this.#end();
    const from = this.#read ?? end;
    for (const [file, offset] of await this.#parts(from, end)) {
      for (const [, at, type, , , info] of await this.#side.rows(`show binlog events in '${file}' from ${offset}`)) {
        // What came meanwhile is left to the next reading.
        if (file === end.file && Number(at) >= end.offset) break;
        if (type === 'Table_map') news.written.add((info ?? '').replace(/^table_id: \d+ \((.*)\)$/s, '$1'));
        if (type === 'Query') news.schemaChanged = noteDdl(info ?? '', news.replaced) || news.schemaChanged;
      }
    }
    this.#read = end;
    return news;
  }

  async #end(): Promise<Position> {
    const [status] = await this.#side.rows('show master status');
    if (status === undefined) throw new Error('the emulator needs a server with --log-bin and --binlog-format=ROW');
    return { file: status[0] ?? '', offset: Number(status[1]) };
  }

  async #parts(from: Position, end: Position): Promise<(readonly [string, number])[]> {
    if (from.file === end.file) return from.offset === end.offset ? [] : [[from.file, from.offset]];
    const files = (await this.#side.rows('show binary logs')).map(([file]) => file ?? '');
    const later = files.filter((file) => file > from.file && file <= end.file);
    return [[from.file, from.offset], ...later.map((file) => [file, 4] as const)];
  }
}

/** True for a change of schema; notes the tables that are not the same table afterwards. */
const noteDdl = (info: string, replaced: Set<string>): boolean => {
  const { database, sql } = DDL.exec(info)?.groups ?? {};
  if (sql === undefined) return false;
  const parser = new Parser(sql);
  const inDatabase = (name: QualifiedName): string => `${name.database ?? database ?? ''}.${name.table}`;
  if (parser.take('drop', 'database') || parser.take('drop', 'schema')) {
    parser.take('if', 'exists');
    replaced.add(`${parser.identifier()}.`);
  } else if (parser.take('truncate')) {
    parser.take('table');
    replaced.add(inDatabase(parser.qualifiedName()));
  } else if (parser.take('drop', 'table')) {
    parser.take('if', 'exists');
    do replaced.add(inDatabase(parser.qualifiedName()));
    while (parser.takeSymbol(','));
  } else if (parser.take('create', 'table') || parser.take('create', 'or', 'replace', 'table')) {
    parser.take('if', 'not', 'exists');
    replaced.add(inDatabase(parser.qualifiedName()));
  } else if (parser.take('rename', 'table')) {
    do {
      parser.qualifiedName();
      parser.expect('to');
      replaced.add(inDatabase(parser.qualifiedName()));
    } while (parser.takeSymbol(','));
  }
  return true;
};
