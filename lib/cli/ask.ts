import { createInterface } from 'node:readline/promises';

/** Shows a question at the terminal and waits for a line. It writes to standard error, as everything but answers. */
export async function askAtTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}
