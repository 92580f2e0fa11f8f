/** Where the analysis keeps its objects in the results bucket. */
export const ANALYSIS_PREFIXES = {
  /** Lines: one terminal event each, below `dt=YYYY-MM-DD/`, the day of their arrival in UTC. */
  lines: 'analysis/tasks/',
  /** Records that Firehose could not deliver as lines. */
  errors: 'analysis/errors/',
  /** Results of queries. */
  queries: 'analysis/queries/',
} as const;

/** The column of the lines' partitions. */
export const PARTITION_COLUMN = 'dt';
