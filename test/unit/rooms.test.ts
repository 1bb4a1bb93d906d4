import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOMS } from '../../eslint.rooms.js';

/** Files of each folder below `lib`; '.' is `lib` itself. */
const folders = new Map<string, number>();
for (const entry of readdirSync('lib', { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const folder = path.relative('lib', entry.parentPath) || '.';
  folders.set(folder, (folders.get(folder) ?? 0) + 1);
}

test('every folder of lib is a room of the table, and every room is a folder', () => {
  const found = [...folders.keys()].filter((folder) => folder !== '.');
  expect(found.sort()).toStrictEqual(ROOMS.map(({ room }) => room).sort());
});

test('no folder of lib has more than 15 files', () => {
  expect([...folders].filter(([, files]) => files > 15)).toStrictEqual([]);
});
