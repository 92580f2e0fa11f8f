import { describe, expect, it } from 'vitest';
import type { TaskPage } from '../../../functions/contracts/http-api.ts';
import { type ListingGroup, taskPartitions } from '../../../functions/contracts/listing-index.ts';
import { listTasks, type TaskListing } from '../../../functions/core/list-tasks.ts';
import { aRecord, instantAfter, START } from '../../support/builders.ts';

type Query = Parameters<TaskListing['read']>[0];
type Status = TaskPage['tasks'][number]['status'];

const GROUPS: Partial<Record<Status, ListingGroup>> = { Collecting: 'open', Completed: 'completed' };

/**
 * Lists tasks with these statuses, each one second older than the one before it. The index filters
 * out `hidden` tasks, which have failed, but counts them as read.
 */
function setUp(statuses: readonly (Status | 'hidden')[]) {
  const queries: Query[] = [];
  const all = statuses.map((status, place) => ({
    listingKey: `${instantAfter(-place)}~${'0'.repeat(16)}`,
    summary: {
      ...aRecord(),
      taskId: `task-${place}`,
      status: status === 'hidden' ? ('Failed' as const) : status,
    },
    isHidden: status === 'hidden',
    partition: taskPartitions(status === 'hidden' ? 'unsuccessful' : (GROUPS[status] ?? 'unsuccessful'))[
      place % 4
    ],
  }));
  const index: TaskListing = {
    async read(query) {
      queries.push(query);
      const { partition, filters, before, limit } = query;
      const older = all.filter(
        (task) => task.partition === partition && (before === undefined || task.listingKey < before),
      );
      const read = older.slice(0, limit);
      const last = read.at(-1);
      return {
        entries: read.filter(
          ({ isHidden, summary }) =>
            !isHidden && (filters.status === undefined || summary.status === filters.status),
        ),
        ...(older.length > limit && last !== undefined && { readTo: last.listingKey }),
      };
    },
  };
  const list = (details: Partial<Parameters<typeof listTasks>[0]> = {}) =>
    listTasks({ limit: 20, ...details }, { index, now: () => START });
  return { list, queries };
}

async function listAll(list: ReturnType<typeof setUp>['list'], limit: number): Promise<TaskPage[]> {
  const pages: TaskPage[] = [];
  for (let cursor: string | undefined; pages.length === 0 || cursor !== undefined; ) {
    const page = await list({ limit, ...(cursor !== undefined && { cursor }) });
    pages.push(page);
    cursor = page.cursor;
  }
  return pages;
}

const idsOf = (pages: readonly TaskPage[]) => pages.flatMap(({ tasks }) => tasks.map(({ taskId }) => taskId));

describe('listing tasks', () => {
  it('returns an ending task once, as ended, when the index has it in both groups', async () => {
    const listingKey = `${instantAfter(0)}~${'0'.repeat(16)}`;
    const index: TaskListing = {
      read: async ({ partition }) => {
        const status = { 'task#open#1': 'Collecting', 'task#unsuccessful#1': 'Failed' } as const;
        const found = Object.entries(status).find(([name]) => name === partition)?.[1];
        return {
          entries: found === undefined ? [] : [{ listingKey, summary: { ...aRecord(), status: found } }],
        };
      },
    };

    const { tasks } = await listTasks({ limit: 20 }, { index, now: () => START });

    expect(tasks.map(({ status }) => status)).toEqual(['Failed']);
  });

  it.each([1, 2, 3, 100])('returns each task once, newest first, in pages of %i', async (limit) => {
    const { list } = setUp([
      'Completed',
      'Failed',
      'Collecting',
      'Completed',
      'Completed',
      'Failed',
      'Expired',
    ]);

    const pages = await listAll(list, limit);

    expect(idsOf(pages)).toEqual(['task-0', 'task-1', 'task-2', 'task-3', 'task-4', 'task-5', 'task-6']);
    expect(pages.every(({ tasks }) => tasks.length <= limit)).toBe(true);
  });

  it('skips any number of filtered tasks and reads each partition once per page', async () => {
    const { list, queries } = setUp([
      'Completed',
      'hidden',
      'hidden',
      'hidden',
      'Completed',
      'Failed',
      'Completed',
    ]);

    const pages = await listAll(list, 2);

    expect(idsOf(pages)).toEqual(['task-0', 'task-4', 'task-5', 'task-6']);
    expect(queries).toHaveLength(4 * 4 * pages.length);
  });

  it.each([
    ['Collecting', ['open']],
    ['Completed', ['unpublished', 'completed']],
    ['Expired', ['unpublished', 'unsuccessful']],
  ] as const)('reads only the groups that tasks with status %s can be in', async (status, groups) => {
    const { list, queries } = setUp([]);

    await list({ status });

    expect(queries.map(({ partition }) => partition)).toEqual(groups.flatMap(taskPartitions));
  });

  it('passes its filters to the index', async () => {
    const { list, queries } = setUp(['Completed', 'Failed']);

    expect(idsOf([await list({ status: 'Failed', operation: 'RecognizePdf' })])).toEqual(['task-1']);
    expect(queries[0]).toMatchObject({
      filters: { status: 'Failed', operation: 'RecognizePdf' },
      limit: 20,
      now: START,
    });
  });

  it('returns one empty page when there are no tasks', async () => {
    expect(await setUp([]).list()).toEqual({ tasks: [] });
  });

  it.each(['AAAA', '!'.repeat(55), btoa('2026-01-01T00:00:00.000Z~not-hexadecimal!')])(
    'refuses a cursor that no page has returned: %s',
    async (cursor) => {
      await expect(setUp([]).list({ cursor })).rejects.toThrow(
        /^cursor: got a string of \d+ characters; allowed: /,
      );
    },
  );
});
