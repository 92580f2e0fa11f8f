/** The table's index for listing tasks by status, newest first. */
export const LISTING_INDEX = {
  name: 'byStatus',
  partitionKey: 'status',
  /** `<startedAt>~<hash of the task id>`: sorts by time, is unique, and does not reveal the id. */
  sortKey: 'listingKey',
} as const;
