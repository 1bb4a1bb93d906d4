import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KeyedDigest, KeyTable } from '../../../../../lib/matrixone/source/changes/key-table.ts';

/** As a row has them: a digest, and bytes of the key, with others around. */
function entry(key: Buffer, version: number): KeyedDigest {
  const digest = createHash('md5').update(String(version)).digest();
  const bytes = Buffer.concat([Buffer.from('..'), digest, key, Buffer.from('..')]);
  return { bytes, digestStart: 2, keyStart: 18, keyEnd: 18 + key.length };
}

const keys = fc.oneof(
  fc.integer({ min: 0, max: 40 }).map((n) => Buffer.from(String(n))),
  fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ minLength: 200, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);
const versions = fc.integer({ min: 0, max: 2 });
const lists = fc.array(fc.tuple(keys, versions), { maxLength: 60 });

describe('a table of keys', () => {
  it('answers as a map of keys to digests does', () => {
    fc.assert(
      fc.property(lists, lists, (set, asked) => {
        const table = new KeyTable();
        const model = new Map<string, number>();
        for (const [key, version] of set) {
          table.set(entry(key, version));
          model.set(key.toString('latin1'), version);
        }
        const left = new Set(model.keys());
        for (const [key, version] of asked) {
          const text = key.toString('latin1');
          const known = model.get(text);
          expect(table.take(entry(key, version))).toBe(known === undefined ? undefined : known === version);
          left.delete(text);
        }
        expect([...table.left()].map((key) => key.toString('latin1')).toSorted()).toEqual([...left].toSorted());
      }),
    );
  });

  it('holds as many as there are, asked for in their order or in any other', () => {
    const count = 70_000;
    const at = (i: number): KeyedDigest => entry(Buffer.from(`key ${i}`), i % 7);
    const table = new KeyTable();
    for (let i = 0; i < count; i += 1) table.set(at(i));
    for (let i = 0; i < count / 2; i += 1) if (table.take(at(i)) !== true) expect.fail(`${i} is not there`);
    for (let i = count - 1; i >= count / 2 + 1; i -= 1)
      if (table.take(at(i)) !== true) expect.fail(`${i} is not there`);
    expect([...table.left()].map(String)).toEqual([`key ${count / 2}`]);
  });
});
