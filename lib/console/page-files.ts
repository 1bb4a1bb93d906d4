/** The page as the build makes it, and what the build takes from the documents for it. */
export interface PageFiles {
  readonly script: string;
  readonly style: string;
  /** What docs/operations.md says of each error code. */
  readonly help: Readonly<Record<string, string>>;
}

declare const MO_CDC_CONSOLE: PageFiles | undefined;

/** The page inside this bundle; undefined if the program runs from its sources, where nobody has built the page. */
export const bundledPage = (): PageFiles | undefined =>
  typeof MO_CDC_CONSOLE === 'undefined' ? undefined : MO_CDC_CONSOLE;
