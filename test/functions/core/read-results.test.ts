import { describe, expect, it } from 'vitest';
import type { StoredResult, TaskRecord } from '../../../functions/contracts/task-record.ts';
import { documentLink, taskResults } from '../../../functions/core/read-results.ts';
import {
  DocumentsGone,
  ResultNotFound,
  TaskNotFound,
  TaskStillCollecting,
} from '../../../functions/core/task-errors.ts';
import {
  aRecord,
  aTerminalRecord,
  instantAfter,
  longestStoredResults,
  START,
  TASK_ID,
} from '../../support/builders.ts';

const MANIFEST = 'results/RecognizeImage/manifest.json';

function setUp(
  record: TaskRecord | undefined,
  { gone = [], manifest }: { gone?: readonly string[]; manifest?: readonly StoredResult[] } = {},
) {
  return {
    records: { read: async () => record },
    documents: {
      link: async (key: string, fileName: string) => `${key} as ${fileName}`,
      exists: async (key: string) => !gone.includes(key),
      readManifest: async () => manifest,
    },
    now: () => START + 10_000,
  };
}

/** A task of 403 results, of which its record lists two. */
const stored = longestStoredResults(403);
const ended = aTerminalRecord({ results: stored.slice(0, 2), resultCount: 403, manifestKey: MANIFEST });
const keyOf = (index: number) => stored[index]?.key ?? '';

describe('the results', () => {
  it('have links to documents and manifest, named after the task', async () => {
    const results = await taskResults(TASK_ID, setUp(ended));

    expect(results).toMatchObject({
      resultCount: 403,
      manifestUrl: `${MANIFEST} as ${TASK_ID}-manifest.json`,
    });
    expect(results.results.map(({ url }) => url)).toEqual([
      `${keyOf(0)} as ${TASK_ID}-0.xlsx`,
      `${keyOf(1)} as ${TASK_ID}-1.xlsx`,
    ]);
  });

  it('of a task that ended without any are none', async () => {
    expect(await taskResults(TASK_ID, setUp(aTerminalRecord({ outcome: 'Expired' })))).toMatchObject({
      status: 'Expired',
      manifestUrl: null,
      results: [],
    });
  });
});

describe('a document', () => {
  it('is linked to as the record lists it', async () => {
    expect(await documentLink(TASK_ID, 1, setUp(ended))).toBe(`${keyOf(1)} as ${TASK_ID}-1.xlsx`);
  });

  it('that the record does not list any more is found in the manifest', async () => {
    expect(await documentLink(TASK_ID, 402, setUp(ended, { manifest: stored }))).toContain(keyOf(402));
  });

  const withoutData = aTerminalRecord({
    results: stored.slice(0, 1).map((result) => ({ ...result, key: null })),
    resultCount: 1,
  });

  it.each([
    ['that never was', setUp(ended), 403, ResultNotFound],
    ['without data', setUp(withoutData), 0, ResultNotFound],
    ['that has been deleted', setUp(ended, { gone: [keyOf(0)] }), 0, DocumentsGone],
    ['whose manifest has been deleted', setUp(ended), 402, DocumentsGone],
  ])('%s is refused', async (_, ports, index, refusal) => {
    await expect(documentLink(TASK_ID, index, ports)).rejects.toBeInstanceOf(refusal);
  });
});

describe('neither results nor documents are there', () => {
  it.each([
    ['of an unknown task', setUp(undefined), TaskNotFound],
    ['of an expired task', setUp({ ...ended, expiresAt: START / 1000 + 10 }), DocumentsGone],
    ['while a task is being collected', setUp(aRecord()), TaskStillCollecting],
  ])('%s', async (_, ports, refusal) => {
    await expect(taskResults(TASK_ID, ports)).rejects.toBeInstanceOf(refusal);
    await expect(documentLink(TASK_ID, 0, ports)).rejects.toBeInstanceOf(refusal);
  });

  it('when the manifest has been deleted', async () => {
    await expect(taskResults(TASK_ID, setUp(ended, { gone: [MANIFEST] }))).rejects.toBeInstanceOf(
      DocumentsGone,
    );
  });
});

it.each([
  ['at the next poll', { nextPollAt: instantAfter(40.2) }, 31],
  ['soon, where no poll is scheduled', {}, 2],
  ['soon, where the next poll is overdue', { nextPollAt: instantAfter(5) }, 2],
])('a caller is told to come again %s', async (_, details, retryAfterSeconds) => {
  await expect(taskResults(TASK_ID, setUp(aRecord(details)))).rejects.toMatchObject({ retryAfterSeconds });
});
