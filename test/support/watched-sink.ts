import type { Pin } from '../../lib/data/position.ts';
import { SINK_MEMBERS, withMembers } from '../../lib/replication/endpoints/members.ts';
import type { Sink } from '../../lib/replication/endpoints/sink.ts';

/** Awaits `applied` after every window that the sink has whole: the worker goes on afterwards. */
export const watchedSink = (sink: Sink, applied: (checkpoint: Pin, window: number) => Promise<void>): Sink =>
  withMembers(sink, SINK_MEMBERS, {
    beginBatch: (mode) => {
      const batch = sink.beginBatch(mode);
      return {
        add: (table, changes) => batch.add(table, changes),
        rollback: () => batch.rollback(),
        commit: async (step) => {
          await batch.commit(step);
          if (step.point !== undefined) await applied(step.point.checkpoint, step.window);
        },
      };
    },
  });
