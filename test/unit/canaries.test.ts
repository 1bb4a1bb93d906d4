import fc from 'fast-check';
import { expect, it } from 'vitest';
import { leaks } from '../support/canaries.ts';

it('finds a secret in whatever it is wrapped', () => {
  const text = fc.string({ unit: 'grapheme' }).filter((value) => value.isWellFormed());
  const secret = fc.string({ unit: 'grapheme', minLength: 8 }).filter((value) => value.isWellFormed());
  fc.assert(
    fc.property(text, secret, text, (before, canary, after) => {
      const whole = `${before}${canary}${after}`;
      const wrapped = [whole, encodeURIComponent(whole), JSON.stringify(whole), JSON.stringify(JSON.stringify(whole))];
      for (const found of [...wrapped, Buffer.from(whole).toString('base64'), Buffer.from(whole).toString('hex')]) {
        expect(leaks([canary], { place: found })).toStrictEqual([`place: ${canary}`]);
      }
      expect(leaks([`${canary}!`], { place: canary })).toStrictEqual([]);
    }),
  );
});
