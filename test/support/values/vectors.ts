import fc from 'fast-check';
import type { TypeCase } from './type-case.ts';

const print = (numbers: readonly number[]): string =>
  `[${numbers.map((n) => (Object.is(n, -0) ? '-0' : String(n))).join(', ')}]`;

/** Numbers that every float type holds exactly. */
const simple = fc.oneof(fc.integer({ min: -256, max: 256 }), fc.constantFrom(0.5, -2.5, 0, -0, 0.125));

const floats = (type: string, real: readonly string[]): TypeCase => ({
  type: `${type}(3)`,
  edges: ['[1, 2.5, -3]', '[0, 0, 0]', '[-0, 0, 0]'],
  values: fc.array(simple, { minLength: 3, maxLength: 3 }).map(print),
  real: ['[NaN, 1, 2]', '[+Inf, -Inf, 0]', '[0.1, 1e-5, 1000]', ...real],
  realValues: fc
    .array(fc.double({ min: -60_000, max: 60_000, noNaN: true }), { minLength: 3, maxLength: 3 })
    .map(print),
});

const integers = (type: string, min: number, max: number): TypeCase => ({
  type: `${type}(3)`,
  edges: [print([min, max, 0])],
  values: fc.array(fc.integer({ min, max }), { minLength: 3, maxLength: 3 }).map(print),
});

export const VECTORS = {
  vecf32: [floats('vecf32', ['[1e-45, 3.4028234e38, -1.17549435e-38]', '[16777217, 123456789, 0.333333333333]'])],
  vecf64: [floats('vecf64', ['[1e-300, 5e-324, 1.7976931348623157e308]', '[1e21, 0.1, 123456789012345680]'])],
  vecbf16: [floats('vecbf16', ['[3e38, 1e-40, 65504]'])],
  vecf16: [floats('vecf16', ['[65504, 6e-8, 0.333]'])],
  vecint8: [integers('vecint8', -128, 127)],
  vecuint8: [integers('vecuint8', 0, 255)],
} as const satisfies Record<string, readonly TypeCase[]>;
