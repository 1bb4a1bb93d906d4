import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The installed tool has the documents beside it. In a clone of the repository they are above the tool, or this file. */
const PLACES = ['.', '../..', '../../..'];

/** Reads a page of the documents, by its path in the repository. */
export async function readPage(page: string): Promise<string> {
  const files = PLACES.map((place) => join(import.meta.dirname, place, page));
  const file = files.find((each) => existsSync(each));
  if (file === undefined) throw new Error(`The document ${page} was not installed.`);
  return await readFile(file, 'utf8');
}
