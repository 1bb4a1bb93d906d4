import fc from 'fast-check';
import type { TypeCase } from './type-case.ts';

type Point = readonly [number, number];

/** As MatrixOne prints numbers: the fewest digits that give the number back. */
const number = (n: number): string => (Object.is(n, -0) ? '-0' : String(n));
const pair = ([x, y]: Point): string => `${number(x)} ${number(y)}`;
const list = (points: readonly Point[]): string => `(${points.map(pair).join(',')})`;

/** Numbers that GEOMETRY32 also holds exactly. */
const coordinate = fc.oneof(fc.integer({ min: -9999, max: 9999 }), fc.constantFrom(0.5, -0.25, -0, 0));
const point: fc.Arbitrary<Point> = fc.tuple(coordinate, coordinate);
const line = fc.array(point, { minLength: 2, maxLength: 5 }).map(list);
const square = point.map(
  ([x, y]) =>
  list([[x, y], [x + 4, y], [x + 4, y + 4], [x, y + 4], [x, y]]), // prettier-ignore
);
const hole = point.map(([x, y]) => {
  const outer: Point[] = [[x, y], [x + 9, y], [x + 9, y + 9], [x, y]]; // prettier-ignore
  const inner: Point[] = [[x + 5, y + 1], [x + 6, y + 1], [x + 6, y + 2], [x + 5, y + 1]]; // prettier-ignore
  return `(${list(outer)},${list(inner)})`;
});
const polygon = fc.oneof(
  square.map((ring) => `(${ring})`),
  hole,
);
const several = (part: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => `(${parts.join(',')})`);

const SHAPES = {
  point: point.map((p) => `POINT(${pair(p)})`),
  linestring: line.map((text) => `LINESTRING${text}`),
  polygon: polygon.map((text) => `POLYGON${text}`),
  multipoint: fc.array(point, { minLength: 1, maxLength: 4 }).map((points) => `MULTIPOINT${list(points)}`),
  multilinestring: several(line).map((text) => `MULTILINESTRING${text}`),
  multipolygon: several(polygon).map((text) => `MULTIPOLYGON${text}`),
};
const any = fc.oneof(...Object.values(SHAPES));
const collection = several(any).map((text) => `GEOMETRYCOLLECTION${text}`);

const EMPTY = ['POINT', 'LINESTRING', 'POLYGON', 'MULTIPOINT', 'MULTILINESTRING', 'MULTIPOLYGON', 'GEOMETRYCOLLECTION'];
/** Numbers whose exponents MatrixOne prints in a way of its own. */
const FAR = [
  'POINT(0.1 -1e-300)',
  'POINT(1e+308 1.2345678912345679e+08)',
  'LINESTRING(5e-324 0.30000000000000004,1e21 1e-7)',
];

const wide = (name: string, values: fc.Arbitrary<string>): TypeCase[] => [
  { type: name, edges: [`${name.toUpperCase()} EMPTY`], values: values },
];
const narrow = (name: string, values: fc.Arbitrary<string>): TypeCase[] => [
  { type: `${name}32`, edges: [], values: values },
];
const anything = fc.oneof(any, collection);

export const GEOMETRIES = {
  geometry: [
    {
      type: 'geometry',
      edges: [...EMPTY.map((name) => `${name} EMPTY`), 'GEOMETRYCOLLECTION(POINT EMPTY,LINESTRING EMPTY)'],
      values: anything,
      real: FAR,
    },
    { type: 'geometry srid 4326', edges: ['POINT(500 200)', 'POINT(-0 0)'], values: anything, real: FAR },
    { type: 'geometry srid 0', edges: [], values: anything },
  ],
  point: [...wide('point', SHAPES.point), { type: 'point srid 4326', edges: [], values: SHAPES.point }],
  linestring: wide('linestring', SHAPES.linestring),
  polygon: wide('polygon', SHAPES.polygon),
  multipoint: wide('multipoint', SHAPES.multipoint),
  multilinestring: wide('multilinestring', SHAPES.multilinestring),
  multipolygon: wide('multipolygon', SHAPES.multipolygon),
  geometrycollection: wide('geometrycollection', collection),
  point32: narrow('point', SHAPES.point),
  linestring32: narrow('linestring', SHAPES.linestring),
  multipoint32: narrow('multipoint', SHAPES.multipoint),
  multilinestring32: narrow('multilinestring', SHAPES.multilinestring),
} as const satisfies Record<string, readonly TypeCase[]>;
