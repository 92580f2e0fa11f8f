import { expect, it } from 'vitest';
import { createKeptList } from '../../../../local/serve/page/kept-list.ts';

interface Item {
  readonly id: string;
  readonly start: string;
  readonly isOpen: boolean;
}

const item = (n: number, isOpen = false): Item => ({
  id: `item-${n}`,
  start: new Date(Date.UTC(2026, 2, 1) + n * 1000).toISOString(),
  isOpen,
});

/** A listing of a server with pages of two items, newest first. */
function listServer() {
  const server = new Map<string, Item>();
  const reads: number[] = [];
  const listing = createKeptList<Item>({
    async readPage(cursor) {
      const from = Number(cursor ?? 0);
      reads.push(from);
      const all = [...server.values()].toSorted((one, other) => other.start.localeCompare(one.start));
      const next = from + 2 < all.length ? { cursor: String(from + 2) } : {};
      return { items: all.slice(from, from + 2), ...next };
    },
    idOf: ({ id }) => id,
    startOf: ({ start }) => start,
    isOpen: ({ isOpen }) => isOpen,
  });
  return {
    listing,
    reads,
    put: (...items: readonly Item[]) => items.forEach((added) => void server.set(added.id, added)),
    remove: (id: string) => server.delete(id),
    shown: () => listing.all().map(({ id, isOpen }) => `${id}${isOpen ? ', open' : ''}`),
  };
}

it('reads all pages first, and then only the first one with what is known', async () => {
  const { listing, reads, put, shown } = listServer();
  put(item(1), item(2), item(3), item(4), item(5));
  await listing.refresh();
  put(item(6));

  reads.length = 0;
  await listing.refresh();

  expect(reads).toEqual([0]);
  expect(shown()).toEqual(['item-6', 'item-5', 'item-4', 'item-3', 'item-2', 'item-1']);
});

it('reads up to the oldest open item, which may have ended', async () => {
  const { listing, put, shown } = listServer();
  put(item(1), item(2, true), item(3), item(4), item(5));
  await listing.refresh();

  put(item(2));
  await listing.refresh();

  expect(shown()).not.toContain('item-2, open');
});

it('removes an open item that the server no longer has', async () => {
  const { listing, put, remove, shown } = listServer();
  put(item(1, true), item(2), item(3));
  await listing.refresh();

  remove('item-1');
  await listing.refresh();

  expect(shown()).toEqual(['item-3', 'item-2']);
});

it('shows each page as soon as it was read', async () => {
  const { listing, put, shown } = listServer();
  put(item(1), item(2), item(3));
  const counts: number[] = [];

  await listing.refresh(() => counts.push(shown().length));

  expect(counts).toEqual([2, 3]);
});

it('forgets everything for a restarted server', async () => {
  const { listing, put, remove, shown } = listServer();
  put(item(1));
  await listing.refresh();

  remove('item-1');
  listing.clear();
  await listing.refresh();

  expect(shown()).toEqual([]);
});

it('forgets what an earlier server sends after the restart', async () => {
  const late = Promise.withResolvers<{ readonly items: readonly Item[]; readonly cursor: string }>();
  const cursors: (string | undefined)[] = [];
  const listing = createKeptList<Item>({
    readPage(cursor) {
      cursors.push(cursor);
      return cursor === undefined ? late.promise : Promise.resolve({ items: [] });
    },
    idOf: ({ id }) => id,
    startOf: ({ start }) => start,
    isOpen: ({ isOpen }) => isOpen,
  });

  const refreshed = listing.refresh();
  listing.clear();
  late.resolve({ items: [item(1)], cursor: '1' });
  await refreshed;

  expect(listing.all()).toEqual([]);
  expect(cursors).toEqual([undefined]);
});
