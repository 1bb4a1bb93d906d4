import { readdir, readFile } from 'node:fs/promises';

/** The command lines of processes whose command line or environment has the text. Linux only; elsewhere empty. */
export async function processesMentioning(text: string): Promise<string[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/u.test(name));
  const found = await Promise.all(
    ids.map(async (id) => {
      const [command, environment] = await Promise.all([read(`/proc/${id}/cmdline`), read(`/proc/${id}/environ`)]);
      return `${command}\0${environment}`.includes(text) ? [command.replaceAll('\0', ' ')] : [];
    }),
  );
  return found.flat();
}

/** The process may have ended, or may belong to somebody else. */
const read = (path: string): Promise<string> => readFile(path, 'latin1').catch(() => '');
