import type { IncomingMessage } from 'node:http';

/** More than the API takes: it refuses such a body itself, and says so. */
const LARGEST_BODY = 256 * 1024;

/** The body of a request as JSON, an empty one as `{}`. Undefined if it is too large or no JSON. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > LARGEST_BODY) return undefined;
    pieces.push(piece);
  }
  if (size === 0) return {};
  // Forms of other pages cannot send this type.
  if (!/^application\/json\b/u.test(request.headers['content-type'] ?? '')) return undefined;
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    return undefined;
  }
}
