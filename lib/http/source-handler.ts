import { listSource, type OpenSource } from '../commands/list-source.ts';
import type { Log } from '../log.ts';
import { type ApiHandler, apiHandlerWithBody } from './api-handler.ts';
import { audited } from './audit.ts';
import { sourceNamesBody } from './request/source-schema.ts';
import type { SourceNamesView } from './view/source-names.ts';

export interface SourceContext {
  readonly open: OpenSource;
  readonly log: Log;
}

/** Lists what a source has, for those who declare a task. It reaches out to a server as `create` does: it is audited. */
export const listSourceHandler = ({ open, log }: SourceContext): ApiHandler =>
  audited(
    log,
    'list-source',
    apiHandlerWithBody(log, sourceNamesBody, async ({ signal }, asked) => {
      const { names, leftOut } = await listSource(open, asked, signal);
      const body: SourceNamesView = {
        database: asked.database ?? null,
        names: names.map(({ name, kind, hasPrimaryKey = null, refusal = null }) => ({
          ...{ name, kind, hasPrimaryKey, refusal },
        })),
        leftOut,
      };
      return { status: 200, body };
    }),
  );
