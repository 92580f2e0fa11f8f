/** A page of a list of the HTTP API. While it has a cursor, there are more. */
export interface ListedPage<T> {
  readonly items: readonly T[];
  readonly cursor?: string | undefined;
}

export interface KeptListOptions<T> {
  readPage(cursor: string | undefined): Promise<ListedPage<T>>;
  idOf(item: T): string;
  /** ISO 8601. */
  startOf(item: T): string;
  /** Whether the item may still change. */
  isOpen(item: T): boolean;
}

/** All tasks or batches that the server keeps, read page by page. */
export interface KeptList<T> {
  /** Newest first. */
  all(): readonly T[];
  find(id: string): T | undefined;
  /**
   * Reads what may have changed: new items and open ones. The first call reads all.
   *
   * @param onPage is called after each page, so that a long list appears early
   */
  refresh(onPage?: () => void): Promise<void>;
  /** Forgets everything: a restarted server may have other items. */
  clear(): void;
}

export function createKeptList<T>({ readPage, idOf, startOf, isOpen }: KeptListOptions<T>): KeptList<T> {
  let known = new Map<string, T>();
  let sorted: readonly T[] | undefined;

  return {
    all() {
      sorted ??= [...known.values()].toSorted((one, other) => startOf(other).localeCompare(startOf(one)));
      return sorted;
    },
    find: (id) => known.get(id),
    async refresh(onPage = () => {}) {
      const before = known;
      const open = new Set([...before].filter(([, item]) => isOpen(item)).map(([id]) => id));
      const seen = new Map<string, T>();
      let hasReachedKnown = false;
      let cursor: string | undefined;
      do {
        const page = await readPage(cursor);
        // A restarted server begins a new list.
        if (before !== known) return;
        for (const item of page.items) {
          const id = idOf(item);
          seen.set(id, item);
          open.delete(id);
          hasReachedKnown ||= before.has(id);
        }
        cursor = page.cursor;
        for (const [id, item] of seen) known.set(id, item);
        sorted = undefined;
        onPage();
      } while (cursor !== undefined && (open.size > 0 || !hasReachedKnown));
      // Without a cursor, everything was read: what was not seen has expired.
      if (cursor === undefined && before.size > seen.size) {
        for (const id of before.keys()) if (!seen.has(id)) before.delete(id);
        sorted = undefined;
      }
    },
    clear() {
      known = new Map();
      sorted = undefined;
    },
  };
}
