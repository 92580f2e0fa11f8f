import { CURSOR_ALLOWED, type ListQuery, type TaskPage, type TaskSummary } from '../contracts/http-api.ts';
import { type ListingGroup, taskPartitions } from '../contracts/listing-index.ts';
import { InvalidInput } from './invalid-input.ts';

/** A task in the listing index, with its sort key. */
export interface IndexedTask {
  /** Sorts by time. Callers may see it: it reveals no task id. */
  readonly listingKey: string;
  readonly summary: TaskSummary;
}

/** A range of the index, newest first. */
export interface IndexRange {
  readonly tasks: readonly IndexedTask[];
  /** Where reading stopped, if there may be more. Tasks that were filtered out count as read. */
  readonly readTo?: string;
}

export interface TaskIndex {
  /**
   * Reads up to `limit` tasks of a partition that are older than `before`, then leaves out expired
   * tasks, other statuses and other operations.
   */
  read(query: {
    readonly partition: string;
    readonly status?: TaskSummary['status'] | undefined;
    readonly operation?: TaskSummary['operation'] | undefined;
    readonly before?: string | undefined;
    readonly limit: number;
    /** Epoch milliseconds. */
    readonly now: number;
  }): Promise<IndexRange>;
}

export interface ListTasksPorts {
  readonly index: TaskIndex;
  /** Epoch milliseconds. */
  now(): number;
}

/**
 * Returns one page of tasks, newest first. Each partition is read once, however many tasks the
 * filters leave out. So the cost of a page is bounded, and a page may be short.
 *
 * @throws InvalidInput for an invalid cursor
 */
export async function listTasks(query: ListQuery, { index, now }: ListTasksPorts): Promise<TaskPage> {
  const { status, operation, limit, cursor } = query;
  const before = cursor === undefined ? undefined : positionOf(cursor);
  const ranges = await Promise.all(
    groupsWith(status)
      .flatMap(taskPartitions)
      .map((partition) => index.read({ partition, status, operation, before, limit, now: now() })),
  );
  // Beyond the point where the first read stopped, tasks of that partition may be missing.
  const horizon = newest(ranges.flatMap(({ readTo }) => readTo ?? []));
  const complete = withoutRepeats(ranges.flatMap(({ tasks }) => tasks))
    .filter(({ listingKey }) => horizon === undefined || listingKey >= horizon)
    .sort((one, other) => (one.listingKey < other.listingKey ? 1 : -1));
  const page = complete.slice(0, limit);
  const end = complete.length > limit ? page.at(-1)?.listingKey : horizon;
  return {
    tasks: page.map(({ summary }) => summary),
    ...(end !== undefined && { cursor: cursorOf(end) }),
  };
}

/** The groups with tasks of a status, in the order in which a task moves through them. */
function groupsWith(status: TaskSummary['status'] | undefined): ListingGroup[] {
  if (status === undefined) return ['open', 'unpublished', 'completed', 'unsuccessful'];
  if (status === 'Collecting') return ['open'];
  return ['unpublished', status === 'Completed' ? 'completed' : 'unsuccessful'];
}

/** While a task moves, the index may list it in two groups. The entry of the later group stays. */
function withoutRepeats(tasks: readonly IndexedTask[]): IndexedTask[] {
  return [...new Map(tasks.map((task) => [task.listingKey, task])).values()];
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
