import fc from 'fast-check';
import { expect, it } from 'vitest';
import { judge } from '../../../lib/console/guard.ts';

const LOCK = { token: 'the-token', port: 4711 };
const OWN = 'http://127.0.0.1:4711';
const url = '/the-token/api/tasks';

const isLetIn = (method: string, at: string, headers: Readonly<Record<string, string>>): boolean =>
  'path' in judge({ method, url: at, headers: { host: '127.0.0.1:4711', ...headers } }, LOCK);

it('lets the page in', () => {
  expect(isLetIn('GET', '/the-token/', {})).toBe(true);
  expect(isLetIn('GET', url, { 'sec-fetch-site': 'same-origin' })).toBe(true);
  expect(isLetIn('POST', url, { origin: OWN })).toBe(true);
  expect(isLetIn('POST', url, { host: 'localhost:4711', origin: 'http://localhost:4711' })).toBe(true);
});

it.each([
  ['a name that leads to this machine, as after DNS rebinding', 'GET', { host: 'evil.example:4711' }],
  ['such a name with itself as origin', 'POST', { host: 'evil.example:4711', origin: 'http://evil.example:4711' }],
  ['another port of this machine', 'POST', { origin: 'http://127.0.0.1:8080' }],
  ['this machine by its other name', 'POST', { origin: 'http://localhost:4711' }],
  ['a page without an origin of its own', 'POST', { origin: 'null' }],
  ['a change without any origin', 'POST', {}],
  ['a read by another page', 'GET', { origin: 'https://evil.example' }],
  ['a script or an image of another page', 'GET', { 'sec-fetch-site': 'cross-site' }],
  ['one of another port', 'GET', { 'sec-fetch-site': 'same-site' }],
])('keeps out %s', (_, method, headers) => {
  expect(isLetIn(method, url, headers)).toBe(false);
});

it('lets nothing in without the token, whatever the path looks like', () => {
  const pieces = fc.constantFrom(
    '/',
    '//',
    'the-toke',
    'the-token',
    '..',
    '%2e%2e',
    '?',
    '#',
    '\\',
    '@',
    ':',
    'api',
    '',
  );
  const paths = fc.array(fc.oneof(pieces, fc.string()), { maxLength: 8 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(paths, fc.constantFrom('GET', 'POST', 'DELETE'), (path, method) => {
      const verdict = judge({ method, url: path, headers: { host: '127.0.0.1:4711', origin: OWN } }, LOCK);
      // Where dots lead back, the token must be what is left.
      if ('path' in verdict) expect(path).toMatch(/the-token[/\\]/u);
      else expect(verdict.status).toBe(404);
    }),
  );
});
