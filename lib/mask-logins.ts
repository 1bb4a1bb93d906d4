const MASK = '******';
const SCHEME_END = '://';
/** The form that our messages advise. It is nobody's login. */
const ADVISED = /(mysql:\/\/user:password@host:port(?=,?(?:\s|$)))/u;

/**
 * Hides what may be a login in a foreign text. In each line, masks everything between the first `://` and the last `@`,
 * because a password may contain spaces and an `@`. The time is linear in the text's length.
 */
export const maskLogins = (text: string): string => text.split('\n').map(maskLine).join('\n');

function maskLine(line: string): string {
  // Every second piece is the advised form.
  const pieces = line.split(ADVISED);
  return pieces.map((piece, at) => (at % 2 === 0 ? maskPiece(piece) : piece)).join('');
}

function maskPiece(piece: string): string {
  const start = piece.indexOf(SCHEME_END);
  const end = piece.lastIndexOf('@');
  if (start < 0 || end < start) return piece;
  return `${piece.slice(0, start + SCHEME_END.length)}${MASK}${piece.slice(end)}`;
}
