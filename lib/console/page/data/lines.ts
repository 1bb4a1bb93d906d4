/** The lines of a field, without empty ones. */
export const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** `source:sink` as the API takes pairs. */
export const pairs = (text: string) =>
  lines(text).map((line) => {
    const colon = line.indexOf(':');
    return colon < 0 ? { source: line } : { source: line.slice(0, colon), sink: line.slice(colon + 1) };
  });
