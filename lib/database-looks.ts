import { BOOKKEEPING_DATABASE, DIALECTS } from './connectors.ts';
import type { EndLeftovers } from './leftovers/findings.ts';
import { LeftSnapshots } from './matrixone/source/left-snapshots.ts';
import { NativeTasks } from './matrixone/source/native-tasks.ts';
import type { NativeCatalog } from './native/native-task.ts';
import { LeftRows } from './sink/left-rows.ts';
import { withSinkTls } from './task/check-spec.ts';
import type { SinkType } from './task/task.ts';
import { parseDatabaseUri } from './task/uri/database-uri.ts';

// Composes what the command line asks of databases itself. The URIs hold their passwords.

export const atSource = (uri: string, signal: AbortSignal): EndLeftovers =>
  new LeftSnapshots(parseDatabaseUri(uri), signal);

export const atSink = (uri: string, type: SinkType, signal: AbortSignal): EndLeftovers =>
  new LeftRows(parseDatabaseUri(withSinkTls(uri, type)), DIALECTS[type], BOOKKEEPING_DATABASE, signal);

/** The tasks of CREATE CDC at a source. */
export const nativeTasksAt = (uri: string, signal: AbortSignal): NativeCatalog =>
  new NativeTasks(parseDatabaseUri(uri), signal);
