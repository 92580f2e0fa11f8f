import { CURSOR_ALLOWED, type ListQuery, type TaskPage, type TaskSummary } from '../contracts/http-api.ts';
import { taskRecordSchema } from '../contracts/task-record.ts';
import { InvalidInput } from './invalid-input.ts';

/** A task in the index, and its place there. */
export interface IndexedTask {
  /** Sorts by time. Holds nothing that a caller may not know, and is good for nothing but a place in the list. */
  readonly listingKey: string;
  readonly summary: TaskSummary;
}

/** A stretch of the index, newest first. */
export interface IndexStretch {
  readonly tasks: readonly IndexedTask[];
  /** Where reading stopped, if there may be more; tasks that were filtered out count as read. */
  readonly readTo?: string;
}

export interface TaskIndex {
  /** Reads up to `limit` tasks of a status that are older than `before`; leaves out the expired and other operations. */
  read(query: {
    readonly status: TaskSummary['status'];
    readonly operation?: TaskSummary['operation'] | undefined;
    readonly before?: string | undefined;
    readonly limit: number;
    /** Epoch milliseconds. */
    readonly now: number;
  }): Promise<IndexStretch>;
}

export interface ListTasksPorts {
  readonly index: TaskIndex;
  /** Epoch milliseconds. */
  now(): number;
}

/**
 * One page of tasks, newest first. Each status is read once, however many tasks the filters leave out, so the cost
 * of a page is bounded and a page may be short.
 *
 * @throws InvalidInput for a cursor that is none
 */
export async function listTasks(query: ListQuery, { index, now }: ListTasksPorts): Promise<TaskPage> {
  const { operation, limit, cursor } = query;
  const before = cursor === undefined ? undefined : placeOf(cursor);
  const statuses = query.status === undefined ? taskRecordSchema.shape.status.options : [query.status];
  const stretches = await Promise.all(
    statuses.map((status) => index.read({ status, operation, before, limit, now: now() })),
  );
  // Below the place where the first of them stopped, tasks of that status may be missing.
  const horizon = newest(stretches.flatMap(({ readTo }) => readTo ?? []));
  const complete = once(stretches.flatMap(({ tasks }) => tasks))
    .filter(({ listingKey }) => horizon === undefined || listingKey >= horizon)
    .sort((one, other) => (one.listingKey < other.listingKey ? 1 : -1));
  const page = complete.slice(0, limit);
  const end = complete.length > limit ? page.at(-1)?.listingKey : horizon;
  return {
    tasks: page.map(({ summary }) => summary),
    ...(end !== undefined && { cursor: cursorOf(end) }),
  };
}

/** The index may show a task that is just ending twice: as Collecting, which comes first here, and as ended, which stands. */
function once(tasks: readonly IndexedTask[]): IndexedTask[] {
  return [...new Map(tasks.map((task) => [task.listingKey, task])).values()];
}

function newest(listingKeys: readonly string[]): string | undefined {
  return listingKeys.toSorted().at(-1);
}

const LISTING_KEY = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z~[0-9a-f]{16}$/;

function cursorOf(listingKey: string): string {
  return btoa(listingKey).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function placeOf(cursor: string): string {
  const place = decode(cursor);
  if (LISTING_KEY.test(place)) return place;
  throw new InvalidInput('cursor', `a string of ${cursor.length} characters`, CURSOR_ALLOWED);
}

function decode(cursor: string): string {
  try {
    return atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return '';
  }
}
