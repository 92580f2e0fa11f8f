/** The table's index for listing: by status, and in it by time. */
export const LISTING_INDEX = {
  name: 'byStatus',
  partitionKey: 'status',
  /** `<startedAt>~<hash of the task id>`: sorts by time, tells tasks of one moment apart, and gives no id away. */
  sortKey: 'listingKey',
} as const;
