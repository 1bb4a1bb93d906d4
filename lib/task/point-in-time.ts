const FORM =
  /^(?<date>\d{4}-\d{2}-\d{2})[T ](?<time>\d{2}:\d{2}:\d{2})(?:\.(?<fraction>\d{1,9}))? ?(?<zone>Z|[+-]\d{2}:\d{2})?$/iu;

/**
 * Reads `2025-03-28 15:01:44`, in UTC unless an offset follows, or RFC 3339. Milliseconds since 1970, never before the
 * moment that is meant (as a start: never after it); undefined for anything else.
 */
export function parseTime(text: string, as: 'start' | 'end' = 'end'): number | undefined {
  const { date, time, fraction = '', zone = 'Z' } = FORM.exec(text.trim())?.groups ?? {};
  if (date === undefined || time === undefined) return undefined;
  const local = `${date}T${time}`;
  const written = Date.parse(`${local}Z`);
  // The 30th of February would be taken for a day of March.
  if (Number.isNaN(written) || new Date(written).toISOString().slice(0, 19) !== local) return undefined;
  const at = Date.parse(`${local}${zone.toUpperCase()}`);
  const millis = Number(`0.${fraction || '0'}`) * 1_000;
  return Number.isNaN(at) ? undefined : at + (as === 'end' ? Math.ceil(millis) : Math.floor(millis));
}
