/** The options of `search`, as given. */
export interface SearchOptions {
  /** A directory. */
  readonly data?: string;
  readonly limit?: string;
  readonly json?: true;
}

/** The directory of the examples of `serve`. */
export const DEFAULT_DATA = 'courier-data';

/** Number of hits without `--limit`. */
export const DEFAULT_HITS = 20;
export const MAX_HITS = 100;
