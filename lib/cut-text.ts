/** For messages that are stored or answered, in bytes. A server's text may be as long as a packet. */
export const LONGEST_MESSAGE = 2_048;

const END = '…';

/** The text, or what of it fits into so many bytes of UTF-8: whole characters, and an ellipsis. */
export function cutText(text: string, most = LONGEST_MESSAGE): string {
  // Of what is longer than this even the shortest characters do not fit: the rest of a long text is not looked at.
  const whole = text.slice(0, most + 1).toWellFormed();
  if (text.length <= most && Buffer.byteLength(whole) <= most) return whole;
  let bytes = Buffer.byteLength(END);
  let kept = '';
  for (const character of whole) {
    bytes += Buffer.byteLength(character);
    if (bytes > most) break;
    kept += character;
  }
  return kept + END;
}
