import { cutToWidth } from './columns.ts';
import { inLine } from './printable.ts';

/** The terminal that a person watches. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): void;
}

const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/**
 * Replaces what the terminal shows. It overwrites line by line, so that nothing flickers, and cuts what does not fit:
 * a line that wrapped, or one too many, would make the terminal scroll.
 */
export function draw(terminal: Terminal, lines: readonly string[]): void {
  const { columns, rows } = terminal;
  const hidden = lines.length - (rows - 1);
  const shown = hidden > 0 ? [...lines.slice(0, rows - 2), `… ${hidden + 1} more lines`] : lines;
  const text = shown.map((line) => `${cutToWidth(inLine(line), columns)}${CLEAR_LINE}\n`).join('');
  terminal.write(`${HOME}${text}${CLEAR_BELOW}`);
}
