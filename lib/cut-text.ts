/** The most bytes of a message that is stored or returned. A server's text may be as long as a packet. */
export const LONGEST_MESSAGE = 2_048;

const END = '…';

/** Cuts a text to this many bytes of UTF-8: whole characters, and an ellipsis. */
export function cutText(text: string, most = LONGEST_MESSAGE): string {
  // Even characters of one byte would not fit beyond this length, so the rest of a long text is not looked at.
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
