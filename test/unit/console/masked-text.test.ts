import fc from 'fast-check';
import { expect, it } from 'vitest';
import { edited, masked } from '../../../lib/console/page/create/masked-text.ts';

it.each([
  ['mysql://root:111@127.0.0.1:6001', 'mysql://root:•••@127.0.0.1:6001'],
  ['mysql://root:p@ss:w/rd@h:1?tls=required', 'mysql://root:•••••••••@h:1?tls=required'],
  // While it is being typed.
  ['mysql://root:11', 'mysql://root:••'],
  ['root:secret@h', 'root:••••••@h'],
  // An account, or a password with a colon: nobody can tell.
  ['mysql://acc:root:111@h', 'mysql://acc:••••••••@h'],
  ['mysql://root:{{resolve:ssm:NAME}}@h', 'mysql://root:{{resolve:ssm:NAME}}@h'],
  ['mysql:', 'mysql:'],
  ['', ''],
])('shows %s as %s', (uri, shown) => {
  expect(masked(uri)).toBe(shown);
});

const piece = fc.constantFrom('mysql://', 'root', ':', '@', '1', 'ab', '?', '/', '{{', '}}', 'x:y@h', '');
const uris = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''));

it('an edit of the masked text is the same edit of the URI', () => {
  const edit = fc.tuple(uris, uris, fc.nat(), fc.nat());
  fc.assert(
    fc.property(edit, ([uri, inserted, a, b]) => {
      const [start, end] = [a % (uri.length + 1), b % (uri.length + 1)].sort((x, y) => x - y) as [number, number];
      const shown = masked(uri);
      const after = shown.slice(0, start) + inserted + shown.slice(end);
      const wanted = uri.slice(0, start) + inserted + uri.slice(end);
      expect(edited(uri, after, start + inserted.length)).toBe(wanted);
    }),
    { numRuns: 1_000 },
  );
});

it('no character of a password between user and host is ever shown', () => {
  const password = fc.string({ minLength: 1 }).filter((text) => !text.includes('{{'));
  fc.assert(
    fc.property(password, (text) => {
      expect(masked(`mysql://root:${text}@host:6001`)).toBe(`mysql://root:${'•'.repeat(text.length)}@host:6001`);
    }),
  );
});
