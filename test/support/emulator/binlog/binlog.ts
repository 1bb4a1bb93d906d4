import path from 'node:path';
import type { SideConnection } from '../history/side.ts';
import { binlogEvents, EVENT, readQuery, type BinlogEvent } from './events.ts';
import { noteSchemaChange } from './schema-change.ts';
import type { RowsEvent } from './row-keys.ts';
import { readTableMap, type TableMap } from './table-map.ts';

interface Position {
  readonly file: string;
  readonly offset: number;
}

/** The rows of a table that the log shows as changed; `rows` is undefined if there are too many to keep. */
export interface Written {
  readonly map: TableMap;
  readonly rows: RowsEvent[] | undefined;
}

/** Everything that was committed since the last reading. */
export interface News {
  /** By `db.table`. */
  readonly written: ReadonlyMap<string, Written>;
  /** True if any table, index or view was created, altered, renamed or dropped. */
  readonly schemaChanged: boolean;
  /** `db.table`, or `db.` for a whole database: dropped, created, emptied, or replaced by a rename. */
  readonly replaced: ReadonlySet<string>;
}

const ROWS: readonly number[] = [EVENT.writeRows, EVENT.updateRows, EVENT.deleteRows];
const MAX_KEPT_EVENTS = 200;
const MAX_KEPT_BYTES = 1024 * 1024;
const FIRST_EVENT = 4;

/** Reads the server's row log, which has exactly the committed changes, in the order of commits. */
export class Binlog {
  readonly #side: SideConnection;
  #directory = '';
  #checksumBytes = 0;
  #read: Position | undefined;

  constructor(side: SideConnection) {
    this.#side = side;
  }

  async start(): Promise<void> {
    const [row] = await this.#side.rows(
      'select @@log_bin_basename, @@binlog_checksum, @@binlog_format, @@binlog_row_image',
    );
    const [basename, checksum, format, image] = row ?? [];
    if (basename === undefined || basename === null || format !== 'ROW' || image !== 'FULL') {
      throw new Error('the emulator needs a server with --log-bin, --binlog-format=ROW and --binlog-row-image=FULL');
    }
    this.#directory = path.dirname(basename);
    this.#checksumBytes = checksum === 'NONE' ? 0 : 4;
    this.#read = await this.#end();
  }

  async news(): Promise<News> {
    const written = new Map<string, Written>();
    const replaced = new Set<string>();
    let schemaChanged = false;
    const end = await this.#end();
    for (const [file, from, to] of await this.#parts(this.#read ?? end, end)) {
      let table: TableMap | undefined;
      for (const event of binlogEvents(path.join(this.#directory, file), from, to, this.#checksumBytes)) {
        if (event.type === EVENT.tableMap) table = readTableMap(event.body());
        else if (event.type === EVENT.query)
          schemaChanged = noteSchemaChange(readQuery(event.body()), replaced) || schemaChanged;
        else if (ROWS.includes(event.type) && table !== undefined) noteRows(event, table, written);
      }
    }
    this.#read = end;
    return { written, schemaChanged, replaced };
  }

  async #end(): Promise<Position> {
    const [status] = await this.#side.rows('show master status');
    return { file: status?.[0] ?? '', offset: Number(status?.[1]) };
  }

  async #parts(from: Position, end: Position): Promise<(readonly [string, number, number])[]> {
    if (from.file === end.file) return from.offset === end.offset ? [] : [[from.file, from.offset, end.offset]];
    const files = (await this.#side.rows('show binary logs')).map(
      ([file, size]) => [file ?? '', Number(size)] as const,
    );
    return files
      .filter(([file]) => file >= from.file && file <= end.file)
      .map(([file, size]) => [
        file,
        file === from.file ? from.offset : FIRST_EVENT,
        file === end.file ? end.offset : size,
      ]);
  }
}

const noteRows = (event: BinlogEvent, map: TableMap, written: Map<string, Written>): void => {
  const known = written.get(map.name);
  const rows = known === undefined ? [] : known.rows;
  const keep = rows !== undefined && rows.length < MAX_KEPT_EVENTS && event.length < MAX_KEPT_BYTES;
  if (keep) rows.push({ type: event.type, body: event.body() });
  written.set(map.name, { map, rows: keep ? rows : undefined });
};
