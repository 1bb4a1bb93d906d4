import { AwsSecrets } from '../lib/aws/secrets.ts';
import { readSecretPrefix } from '../lib/config.ts';
import { sourceWith } from '../lib/connectors.ts';
import { listSourceHandler } from '../lib/http/source-handler.ts';
import { createLog } from '../lib/logger.ts';

/** POST /sources/names */
export const handler = listSourceHandler({
  open: sourceWith(new AwsSecrets(readSecretPrefix())),
  log: createLog({ function: 'list-source' }),
});
