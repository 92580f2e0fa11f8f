/** How much of a chunk one invocation does at the same time. */
export const CHUNK_LIMITS = {
  /** Large bodies that are kept at the same time: they need memory and disk. */
  largeBodies: 2,
  /** Images that are uploaded at the same time. */
  uploads: 4,
  /** Writes of records, documents and events. More would only wait for the CPU. */
  awsWrites: 8,
} as const;
