import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Choices } from '../../storm/choices.ts';

const some = (choices: Choices): unknown[] =>
  Array.from({ length: 20 }, () => [
    choices.below(100),
    choices.pick(['a', 'b', 'c']),
    choices.weighted({ x: 1, y: 3 }),
  ]);

it('the choices of an actor are the same with the same seed, whatever the others have chosen before', () => {
  fc.assert(
    fc.property(fc.nat(), fc.string(), fc.nat(30), (seed, actor, others) => {
      const first = new Choices(seed);
      const second = new Choices(seed);
      const another = second.of('another');
      for (let i = 0; i < others; i += 1) [second, another].forEach((each) => each.random());
      expect(some(second.of(actor))).toEqual(some(first.of(actor)));
    }),
  );
});

it('actors choose differently, and so do seeds', () => {
  const choices = new Choices(7);
  expect(some(choices.of('a'))).not.toEqual(some(choices.of('b')));
  expect(some(new Choices(8).of('a'))).not.toEqual(some(choices.of('a')));
});
