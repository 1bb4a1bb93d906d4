/** What an error means, and what the operator should do. */
export interface ErrorText {
  readonly title: string;
  readonly action: string;
}
