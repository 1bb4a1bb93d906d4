import { expect, it } from 'vitest';
import type { Checksum } from '../../../../lib/data/buckets.ts';
import { compareKeyless } from '../../../../lib/replication/compare/keyless-comparison.ts';
import type { Pin } from '../../../../lib/data/position.ts';
import type { Endpoints } from '../../../../lib/replication/tables/endpoints.ts';
import type { SinkTable } from '../../../../lib/replication/endpoints/sink-tables.ts';

const rows = (...texts: string[]) => texts.map((text) => [Buffer.from(text)]);

/** Compares these rows; `sums`: the checksums at both ends. Also tells how often rows were read. */
async function compare(sums: readonly (Checksum | undefined)[], ...[there, here]: ReturnType<typeof rows>[]) {
  let reads = 0;
  async function* read(some: ReturnType<typeof rows> = []) {
    reads += 1;
    yield await Promise.resolve(some);
  }
  const source = { checksum: () => Promise.resolve(sums[0]), readRange: () => read(there) };
  const sink = {
    rowHash: 'text' as const,
    checksum: () => Promise.resolve(sums[1]),
    readRange: () => read(here),
    comparedForm: () => Promise.resolve(undefined),
  };
  const found = await compareKeyless(
    new AbortController().signal,
    { source, sink } as unknown as Endpoints,
    { schema: {} } as SinkTable,
    {} as Pin,
  );
  return { ...found, reads };
}

it('reads no rows if the checksums are the same', async () => {
  const sum = { rows: 7, digest: 'x' };
  expect(await compare([sum, { ...sum }])).toMatchObject({ rows: 7, missing: 0, extra: 0, different: 0, reads: 0 });
});

it.each([
  [
    'differ',
    [
      { rows: 2, digest: 'x' },
      { rows: 2, digest: 'y' },
    ],
  ],
  [
    'count other rows',
    [
      { rows: 2, digest: 'x' },
      { rows: 3, digest: 'x' },
    ],
  ],
  ['are missing at the source', [undefined, { rows: 2, digest: 'x' }]],
  ['are missing at both ends', [undefined, undefined]],
] as const)('counts row by row if the checksums %s', async (_what, sums) => {
  expect(await compare(sums, rows('a', 'a'), rows('a', 'b', 'c'))).toMatchObject({
    rows: 2,
    missing: 1,
    extra: 2,
    reads: 2,
  });
});
