const MASK = '******';
const SCHEME_END = '://';
/** What messages advise: it is nobody's. */
const ADVISED = /(mysql:\/\/user:password@host:port(?=,?(?:\s|$)))/u;

/**
 * Hides what may be a login in a text from elsewhere: in each line all between `://` and the last `@`, for a password may
 * have spaces, and an `@` of its own. It takes one look at the text, however long that is.
 */
export const maskLogins = (text: string): string => text.split('\n').map(maskLine).join('\n');

function maskLine(line: string): string {
  // Every other piece is the advised form itself.
  const pieces = line.split(ADVISED);
  return pieces.map((piece, at) => (at % 2 === 0 ? maskPiece(piece) : piece)).join('');
}

function maskPiece(piece: string): string {
  const start = piece.indexOf(SCHEME_END);
  const end = piece.lastIndexOf('@');
  if (start < 0 || end < start) return piece;
  return `${piece.slice(0, start + SCHEME_END.length)}${MASK}${piece.slice(end)}`;
}
