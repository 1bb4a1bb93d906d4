const UNITS: Readonly<Record<string, number>> = {
  ...{ ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 },
};

/** Reads a duration of Go, such as `10m` or `1h30m`; milliseconds, rounded up. Undefined for any other text. */
export function goDuration(text: string): number | undefined {
  let millis = 0;
  for (const part of text.split(/(?<=[a-zµμ])(?=\d)/u)) {
    const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|m|h)$/u.exec(part) ?? [];
    if (number === undefined) return undefined;
    millis += Number(number) * (UNITS[unit] ?? 0);
  }
  return Math.ceil(millis);
}
