/** A time for the API; `millis`: milliseconds since 1970. */
export const iso = (millis: number): string => new Date(millis).toISOString();
