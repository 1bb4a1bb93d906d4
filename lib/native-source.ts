import { NativeTasks } from './matrixone/source/native-tasks.ts';
import type { NativeCatalog } from './native/native-task.ts';
import { parseDatabaseUri } from './task/uri/database-uri.ts';

/** Composes what reads the CREATE CDC tasks of a server. The URI holds its password. */
export const nativeTasksAt = (uri: string, signal: AbortSignal): NativeCatalog =>
  new NativeTasks(parseDatabaseUri(uri), signal);
