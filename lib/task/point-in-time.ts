const FORM =
  /^(?<date>\d{4}-\d{2}-\d{2})[T ](?<time>\d{2}:\d{2}:\d{2})(?:\.(?<fraction>\d{1,9}))? ?(?<zone>Z|[+-]\d{2}:\d{2})?$/iu;

/**
 * Reads `2025-03-28 15:01:44` (UTC unless an offset follows) or RFC 3339. Returns milliseconds since 1970, rounded down
 * for a start and up for an end; undefined for any other text.
 */
export function parseTime(text: string, as: 'start' | 'end' = 'end'): number | undefined {
  const { date, time, fraction = '', zone = 'Z' } = FORM.exec(text.trim())?.groups ?? {};
  if (date === undefined || time === undefined) return undefined;
  const local = `${date}T${time}`;
  const written = Date.parse(`${local}Z`);
  // JavaScript would take the 30th of February for a day in March.
  if (Number.isNaN(written) || new Date(written).toISOString().slice(0, 19) !== local) return undefined;
  const at = Date.parse(`${local}${zone.toUpperCase()}`);
  const millis = Number(`0.${fraction || '0'}`) * 1_000;
  return Number.isNaN(at) ? undefined : at + (as === 'end' ? Math.ceil(millis) : Math.floor(millis));
}
