import { CURSOR_ALLOWED } from '../contracts/http-api.ts';
import { InvalidInput } from './invalid-input.ts';

/** A record in the listing index, with its sort key. */
export interface IndexEntry<Summary> {
  /** Sorts by time. Callers may see it: it reveals no id. */
  readonly listingKey: string;
  readonly summary: Summary;
}

/** A range of the index, newest first. */
export interface IndexRange<Summary> {
  readonly entries: readonly IndexEntry<Summary>[];
  /** Where reading stopped, if there may be more. Records that were filtered out count as read. */
  readonly readTo?: string;
}

/** Values that attributes of a record must have; undefined for any. */
export type ListingFilters<Summary> = { readonly [Name in keyof Summary]?: Summary[Name] | undefined };

/** Reads the summaries of one kind of record. */
export interface Listing<Summary> {
  /**
   * Reads up to `limit` records of a partition that are older than `before`, then leaves out
   * expired ones, and those that the filters do not match.
   */
  read(query: {
    readonly partition: string;
    readonly filters: ListingFilters<Summary>;
    readonly before?: string | undefined;
    readonly limit: number;
    /** Epoch milliseconds. */
    readonly now: number;
  }): Promise<IndexRange<Summary>>;
}

/** Asks for a page of some partitions. */
export interface PageRequest<Summary> {
  /** Partitions, in the order in which a record moves through them. */
  readonly partitions: readonly string[];
  readonly filters: ListingFilters<Summary>;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** A page of records. While it has a cursor, there are more. */
export interface ListingPage<Summary> {
  readonly summaries: Summary[];
  readonly cursor?: string;
}

/**
 * Returns one page of records, newest first. Each partition is read once, however many records the
 * filters leave out. So the cost of a page is bounded, and a page may be short.
 *
 * @param now epoch milliseconds
 * @throws InvalidInput for an invalid cursor
 */
export async function readPage<Summary>(
  { partitions, filters, limit, cursor }: PageRequest<Summary>,
  listing: Listing<Summary>,
  now: number,
): Promise<ListingPage<Summary>> {
  const before = cursor === undefined ? undefined : positionOf(cursor);
  const ranges = await Promise.all(
    partitions.map((partition) => listing.read({ partition, filters, before, limit, now })),
  );
  // Beyond the point where the first read stopped, records of that partition may be missing.
  const horizon = newest(ranges.flatMap(({ readTo }) => readTo ?? []));
  const complete = withoutRepeats(ranges.flatMap(({ entries }) => entries))
    .filter(({ listingKey }) => horizon === undefined || listingKey >= horizon)
    .sort((one, other) => (one.listingKey < other.listingKey ? 1 : -1));
  const page = complete.slice(0, limit);
  const end = complete.length > limit ? page.at(-1)?.listingKey : horizon;
  return {
    summaries: page.map(({ summary }) => summary),
    ...(end !== undefined && { cursor: cursorOf(end) }),
  };
}

/** A record that moves may be listed in two groups at once. The entry of the later group stays. */
function withoutRepeats<Summary>(entries: readonly IndexEntry<Summary>[]): IndexEntry<Summary>[] {
  return [...new Map(entries.map((entry) => [entry.listingKey, entry])).values()];
}

function newest(listingKeys: readonly string[]): string | undefined {
  return listingKeys.toSorted().at(-1);
}

const LISTING_KEY = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z~[0-9a-f]{16}$/;

function cursorOf(listingKey: string): string {
  return btoa(listingKey).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function positionOf(cursor: string): string {
  const position = decode(cursor);
  if (LISTING_KEY.test(position)) return position;
  throw new InvalidInput('cursor', `a string of ${cursor.length} characters`, CURSOR_ALLOWED);
}

function decode(cursor: string): string {
  try {
    return atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return '';
  }
}
