/** The forms in which a secret may turn up: as it is, and encoded in the ways of URIs, JSON, base64 and hexadecimals. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  // Base64 of a text that has it somewhere depends on where it begins; the ends mix with what is beside it.
  const base64 = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .slice(before === 0 ? 0 : 4, -4),
  );
  const encoded = [
    encodeURIComponent(secret),
    encodeURI(secret),
    new URLSearchParams({ '': secret }).toString().slice(1),
  ];
  const nested = JSON.stringify(json).slice(1, -1);
  return [...new Set([secret, json, nested, ...encoded, ...base64, bytes.toString('hex')])];
}

/** The places in which one of the secrets is to be found, as `place: secret`. */
export const leaks = (secrets: readonly string[], places: Readonly<Record<string, string>>): string[] =>
  Object.entries(places).flatMap(([place, text]) =>
    secrets
      .filter((secret) => formsOf(secret).some((form) => text.includes(form)))
      .map((secret) => `${place}: ${secret}`),
  );
