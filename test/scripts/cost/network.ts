import { HOURS } from './figures.ts';
import { DCU_HOUR, type Prices } from './prices.ts';

/** Services that functions in a private network call by interface endpoints: Lambda and Secrets Manager. */
const ENDPOINTS = 2;

/** A month of the ways out of a private network, in dollars, without the gigabytes. */
export const nat = (prices: Prices, zones: number): number => zones * HOURS * (prices.natHour + prices.addressHour);
export const endpoints = (prices: Prices, zones: number, count = ENDPOINTS): number =>
  zones * count * HOURS * prices.endpointHour;

const DISK_GB = 8;

/** A month of a t4g.small with a disk of 8 GB and a public address. */
export const instance = (prices: Prices): number =>
  HOURS * (prices.instanceHour + prices.addressHour) + DISK_GB * prices.diskGbMonth;

/** A month of DMS Serverless with its smallest capacity, one unit: lowest and highest. */
export const dms = (): readonly [number, number] => [HOURS * DCU_HOUR.in[0], HOURS * DCU_HOUR.in[1]];
