/** What an uninstaller can find in an account and at databases. Times are milliseconds since 1970. */

/** A task in a table of the product. */
export interface FoundTask {
  readonly id: string;
  /** A worker may run the task until this time. */
  readonly heldUntil: number;
  /** Where the task reads and writes, without passwords. */
  readonly ends: readonly string[];
}

/** A table with tasks, of any stage. */
export interface FoundTable {
  readonly name: string;
  /** The stack that works with it; undefined if none does. */
  readonly usedBy: string | undefined;
  readonly tasks: readonly FoundTask[];
}

/** A secret that the product has made for a task. */
export interface FoundSecret {
  readonly name: string;
  readonly taskId: string;
  readonly createdAt: number;
}

/** What a task keeps at a source or a sink beside its tables. */
export interface FoundTrace {
  readonly end: 'source' | 'sink';
  readonly taskId: string;
  /** `3 snapshots`, `4 rows`. */
  readonly what: string;
  /** When it was last written, as far as the server tells. */
  readonly usedAt: number;
}

export interface Findings {
  readonly stage: string;
  /** True while a stack of the product is being changed: then nobody can tell which table it will use. */
  readonly isDeploying: boolean;
  readonly tables: readonly FoundTable[];
  /** Of this stage. */
  readonly secrets: readonly FoundSecret[];
  readonly traces: readonly FoundTrace[];
}

/** Looks into an account, in one region. */
export interface AccountLeftovers {
  find(stage: string): Promise<Omit<Findings, 'traces' | 'stage'>>;
  removeTable(name: string): Promise<void>;
  removeSecret(name: string): Promise<void>;
}

/** Looks at a database. */
export interface EndLeftovers {
  find(): Promise<readonly FoundTrace[]>;
  remove(taskId: string): Promise<void>;
  close(): Promise<void>;
}
