interface Versioned {
  readonly version: number;
}

/**
 * Records of one kind in memory, with the conditions of the real table.
 *
 * @param keyOf returns the name by which a record is read
 */
export function memoryTable<Stored extends Versioned>(
  keyOf: (record: Stored) => string,
  initial: readonly Stored[],
) {
  const all = new Map(initial.map((record) => [keyOf(record), record]));
  return {
    all,
    /** The record of a test that has one. */
    current: () => [...all.values()].at(-1),
    read: async (key: string) => all.get(key),
    async write(record: Stored): Promise<boolean> {
      if (record.version !== (all.get(keyOf(record))?.version ?? 0) + 1) return false;
      all.set(keyOf(record), record);
      return true;
    },
  };
}
