/** How a connection fares at the moment. */
export type Weather =
  | { readonly kind: 'fair' }
  /** Every piece of data that passes takes so many milliseconds longer. */
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** A piece of data is lost with this probability, and the connection with it: before or after it was passed on. */
  | { readonly kind: 'lossy'; readonly probability: number }
  /** New connections are refused; those there are go on. */
  | { readonly kind: 'refusing' }
  /** Nothing passes, in either direction; nobody is told. */
  | { readonly kind: 'silent' }
  /** A store answers that there are too many requests, or that it has an error. */
  | { readonly kind: 'throttling'; readonly probability: number }
  | { readonly kind: 'failing'; readonly probability: number };

export const FAIR: Weather = { kind: 'fair' };

export interface Weathered {
  readonly name: string;
  weather: Weather;
  /** Ends every connection there is. */
  cut(): void;
}
