import { createLog } from '../../lib/logger.ts';
import type { Complaint } from '../../lib/task/rejection.ts';
import type { Connectors } from '../../lib/replication/endpoints/connectors.ts';
import type { Pin, Position } from '../../lib/data/position.ts';
import type { CreateContext } from '../../lib/commands/create-task.ts';
import { memorySink, MemorySinkServer } from './memory-sink.ts';
import { memorySchema, MemoryServer, memorySource } from './memory-source.ts';
import { MemoryStore } from './memory-store.ts';

export const NOW = Date.UTC(2025, 2, 28, 7, 30);

/** The context of commands, in memory. Every source table that a task names exists. */
export class ApiWorld implements CreateContext {
  readonly clock = { now: () => NOW, sleep: () => Promise.resolve() };
  readonly store = new MemoryStore(this.clock);
  readonly started: string[] = [];
  readonly logged: string[] = [];
  /** The source's answer to a check of the task. */
  complaints: Complaint[] = [];
  /** The time from which the source holds history by itself. */
  heldSince: (ts: Position) => Pin | undefined = () => undefined;

  readonly starter = { start: (name: string) => Promise.resolve(void this.started.push(name)) };

  readonly log = createLog({}, (line) => void this.logged.push(line));

  readonly connectors: Connectors = {
    source: (spec) => {
      const server = new MemoryServer();
      for (const mapping of spec.tables) server.create(memorySchema(mapping.source));
      server.heldSince = this.heldSince;
      return { ...memorySource(server), check: () => Promise.resolve(this.complaints) };
    },
    sink: (_spec, id) => memorySink(new MemorySinkServer(), id),
  };
}
