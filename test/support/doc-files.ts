import { glob, readFile } from 'node:fs/promises';

/** The root of the repository. */
export const ROOT = new URL('../../', import.meta.url);

export const readDoc = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');

/** Files of the repository that match, by their path in it. */
export async function filesLike(...patterns: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for await (const file of glob(patterns, { cwd: ROOT })) files.push(file);
  return files.sort();
}

/** Every document that is written for readers. */
export const docFiles = (): Promise<string[]> => filesLike('*.md', 'docs/**/*.md', 'localstack/README.md');
