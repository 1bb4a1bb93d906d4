/** The forms in which a secret may appear: as it is, and as URIs, JSON, base64 and hexadecimal encode it. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  // The base64 of a text that contains the secret depends on the secret's offset. The first and last characters depend
  // on its neighbours.
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

/** Where one of the secrets appears, as `place: secret`. */
export const leaks = (secrets: readonly string[], places: Readonly<Record<string, string>>): string[] =>
  Object.entries(places).flatMap(([place, text]) =>
    secrets
      .filter((secret) => formsOf(secret).some((form) => text.includes(form)))
      .map((secret) => `${place}: ${secret}`),
  );
