const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** `0.2s`, `59.9s`, `1m00s`, `3h05m`, `2d04h`; `-` for null. */
export function duration(millis: number | null): string {
  if (millis === null) return '-';
  if (millis < 59_950) return `${(millis / 1_000).toFixed(1)}s`;
  const seconds = Math.round(millis / 1_000);
  const at = UNITS.findIndex(([, length]) => seconds >= length);
  const [[unit, length], [smaller, part]] = [UNITS[at] ?? UNITS[3], UNITS[at + 1] ?? UNITS[3]];
  const rest = Math.floor((seconds % length) / part);
  return `${Math.floor(seconds / length)}${unit}${String(rest).padStart(2, '0')}${smaller}`;
}
