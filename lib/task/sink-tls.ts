import type { SinkType } from './task.ts';

/**
 * The URI of a sink as a new task, or an edit, stores it: MySQL and MariaDB are encrypted unless the URI says otherwise.
 * (MatrixOne without a certificate, as it is installed, offers no TLS.) What is stored already means what it meant.
 */
export function withSinkTls(uri: string, sinkType: SinkType): string {
  if (sinkType !== 'mysql') return uri;
  // The last `@` ends the login; of the parameters all are about TLS.
  const [, parameters = ''] = uri.slice(uri.lastIndexOf('@')).split('?');
  return parameters.replaceAll('&', '') === '' ? `${uri.replace(/\?&*$/u, '')}?tls=required` : uri;
}
