import { z } from 'zod';

/** A login at a server, as a CREATE CDC task stores it: without the password. */
export interface NativeLogin {
  /** `user`, or `account#user`. */
  readonly user: string;
  readonly host: string;
  readonly port: number;
}

/** A table, a database with `*` for all of its tables, or `*` twice. */
export interface NativeName {
  readonly database: string;
  readonly table: string;
}

/** How far a CREATE CDC task has come with a table, and the error that it has there. */
export interface NativeTable {
  readonly name: NativeName;
  /** Milliseconds since 1970; 0 if it has copied nothing yet. */
  readonly watermark: number;
  readonly error: string;
}

/** A task that CREATE CDC made, as the source keeps it. */
export interface NativeTask {
  readonly id: string;
  readonly name: string;
  /** `running`, `pausing`, `paused`, `failed`, … */
  readonly state: string;
  readonly error: string;
  readonly source: NativeLogin;
  readonly sink: NativeLogin;
  readonly sinkType: string;
  readonly mappings: readonly { readonly source: NativeName; readonly sink: NativeName }[];
  /** A regular expression; empty if nothing is left out. */
  readonly exclude: string;
  /** As CREATE CDC has stored them, in RFC 3339; empty if there are none. */
  readonly startTs: string;
  readonly endTs: string;
  readonly noFull: boolean;
  readonly configFile: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Options by the names that CREATE CDC has for them. */
  readonly extra: Readonly<Record<string, string | number | boolean>>;
  readonly tables: readonly NativeTable[];
}

/** Where CREATE CDC tasks are read. */
export interface NativeCatalog {
  /** Undefined if the user cannot read them. */
  list(): Promise<NativeTask[] | undefined>;
  close(): Promise<void>;
}

/** The columns of `mo_catalog.mo_cdc_task` that are read, in order. */
export const TASK_COLUMNS = [
  ...['account_id', 'task_id', 'task_name', 'state', 'err_msg', 'source_uri', 'sink_uri', 'sink_type', 'tables'],
  ...['filters', 'start_ts', 'end_ts', 'no_full', 'config_file', 'task_create_time', 'additional_config'],
] as const;

/** The columns of `mo_catalog.mo_cdc_watermark` that are read, in order. */
export const WATERMARK_COLUMNS = ['account_id', 'task_id', 'db_name', 'table_name', 'watermark', 'err_msg'] as const;

const loginSchema = z.object({ user: z.string(), ip: z.string(), port: z.number() });
const nameSchema = z.object({ database: z.string(), table: z.string() });
const tablesSchema = z.object({ pts: z.array(z.object({ Source: nameSchema, Sink: nameSchema })) });
const extraSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** Puts rows of both tables together. Throws an error that names the task if the server keeps it in another form. */
export function nativeTasks(
  tasks: readonly (readonly string[])[],
  watermarks: readonly (readonly string[])[],
): NativeTask[] {
  const found = Map.groupBy(watermarks, taskOf);
  return tasks.map((row) => nativeTask(row, (found.get(taskOf(row)) ?? []).map(nativeTable)));
}

const taskOf = ([account, id]: readonly string[]): string => `${account} ${id}`;

const nativeTable = ([, , database = '', table = '', watermark = '', error = '']: readonly string[]): NativeTable => ({
  name: { database, table },
  watermark: watermarkMillis(watermark),
  error,
});

function nativeTask(row: readonly string[], tables: readonly NativeTable[]): NativeTask {
  const [, id = '', name = '', state = '', error = '', source = '', sink = '', sinkType = '', pattern = ''] = row;
  const [exclude = '', startTs = '', endTs = '', noFull = '', configFile = '', created = '', extra = ''] = row.slice(9);
  try {
    return {
      ...{ id, name, state, error, sinkType, exclude, startTs, endTs, configFile, tables },
      source: login(source),
      sink: login(sink),
      mappings: tablesSchema
        .parse(JSON.parse(unhexed(pattern)))
        .pts.map((pair) => ({ source: pair.Source, sink: pair.Sink })),
      noFull: noFull === '1' || noFull === 'true',
      createdAt: Date.parse(`${created.replace(' ', 'T')}Z`),
      extra: extra === '' ? {} : extraSchema.parse(JSON.parse(extra)),
    };
  } catch (cause) {
    throw new Error(`The CREATE CDC task "${name}" is kept in a form that this tool does not know.`, { cause });
  }
}

/** MatrixOne 4.2.0 keeps JSON as text in hexadecimal digits. */
const unhexed = (text: string): string =>
  /^(?:[\da-f]{2})+$/iu.test(text) ? Buffer.from(text, 'hex').toString('utf8') : text;

function login(text: string): NativeLogin {
  const { user, ip, port } = loginSchema.parse(JSON.parse(unhexed(text)));
  return { user, host: ip, port };
}

/** Nanoseconds, a hyphen and a logical clock: `1796074922264704557-1`. */
const watermarkMillis = (text: string): number => Number(BigInt(/^\d+/u.exec(text)?.[0] ?? 0) / 1_000_000n);
