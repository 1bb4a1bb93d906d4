/** The region in an address that AWS itself has given to an HTTP API; undefined for any other address. */
export const apiRegion = ({ hostname }: URL): string | undefined =>
  /\.execute-api\.([^.]+)\.amazonaws\.com(?:\.cn)?$/u.exec(hostname)?.[1];
