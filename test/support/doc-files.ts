import { glob, readFile } from 'node:fs/promises';

/** The root of the repository. */
export const ROOT = new URL('../../', import.meta.url);

export const readDoc = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');

/** Everything that is written for readers, by its path in the repository. */
export async function docFiles(): Promise<string[]> {
  const patterns = ['*.md', 'docs/**/*.md', 'localstack/README.md'];
  return (await Array.fromAsync(glob(patterns, { cwd: ROOT }))).sort();
}
