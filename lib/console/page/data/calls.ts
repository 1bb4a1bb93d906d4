import type { Trouble } from '../../trouble.ts';

/** What came of a request. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly trouble: Trouble; readonly gone: boolean };

/** A little longer than the server of the page waits for the API. */
const TIMEOUT_MS = 45_000;

/** The code of the trouble that the console itself has ended. */
export const CONSOLE_ENDED = 'CONSOLE_ENDED';

/** Asks the server of the page, which asks the API. The server has checked that the answer has this type. */
export async function call<T>(method: string, path: string, body?: unknown): Promise<Outcome<T>> {
  try {
    const content =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`api/${path}`, { method, signal: AbortSignal.timeout(TIMEOUT_MS), ...content });
    const value: unknown = await response.json();
    if (response.ok) return { ok: true, value: value as T };
    return { ok: false, trouble: value as Trouble, gone: response.status === 404 };
  } catch {
    const nothing = { answered: false, message: '', action: '', complaints: [] };
    return { ok: false, trouble: { code: CONSOLE_ENDED, ...nothing }, gone: false };
  }
}

export const taskPath = (name: string): string => `tasks/${encodeURIComponent(name)}`;
