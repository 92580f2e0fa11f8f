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

/** A task with 403 results, of which its record lists two. */
const stored = longestStoredResults(403);
const ended = aTerminalRecord({ results: stored.slice(0, 2), resultCount: 403, manifestKey: MANIFEST });
const keyOf = (index: number) => stored[index]?.key ?? '';

describe('reading the results of a task', () => {
  it('returns links to its documents and manifest, with file names after the task', async () => {
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

  it('returns no results for a task that ended without any', async () => {
    expect(await taskResults(TASK_ID, setUp(aTerminalRecord({ outcome: 'Expired' })))).toMatchObject({
      status: 'Expired',
      manifestUrl: null,
      results: [],
    });
  });
});

describe('linking to a document', () => {
  it('uses the key in the record', async () => {
    expect(await documentLink(TASK_ID, 1, setUp(ended))).toBe(`${keyOf(1)} as ${TASK_ID}-1.xlsx`);
  });

  it('uses the key in the manifest when the record does not list the document', async () => {
    expect(await documentLink(TASK_ID, 402, setUp(ended, { manifest: stored }))).toContain(keyOf(402));
  });

  const withoutData = aTerminalRecord({
    results: stored.slice(0, 1).map((result) => ({ ...result, key: null })),
    resultCount: 1,
  });

  it.each([
    ['does not exist', setUp(ended), 403, ResultNotFound],
    ['has no data', setUp(withoutData), 0, ResultNotFound],
    ['was deleted', setUp(ended, { gone: [keyOf(0)] }), 0, DocumentsGone],
    ['is listed only in a manifest that was deleted', setUp(ended), 402, DocumentsGone],
  ])('is refused when the document %s', async (_, ports, index, error) => {
    await expect(documentLink(TASK_ID, index, ports)).rejects.toBeInstanceOf(error);
  });
});

describe('results and documents', () => {
  it.each([
    ['of an unknown task', setUp(undefined), TaskNotFound],
    ['of an expired task', setUp({ ...ended, expiresAt: START / 1000 + 10 }), DocumentsGone],
    ['of a task that is still being collected', setUp(aRecord()), TaskStillCollecting],
  ])('%s are refused', async (_, ports, error) => {
    await expect(taskResults(TASK_ID, ports)).rejects.toBeInstanceOf(error);
    await expect(documentLink(TASK_ID, 0, ports)).rejects.toBeInstanceOf(error);
  });

  it('are refused as gone when the manifest was deleted', async () => {
    const reading = taskResults(TASK_ID, setUp(ended, { gone: [MANIFEST] }));

    await expect(reading).rejects.toBeInstanceOf(DocumentsGone);
  });

  it.each([
    ['until the next poll', { nextPollAt: instantAfter(40.2) }, 31],
    ['of 2 s when no poll is scheduled', {}, 2],
    ['of 2 s when the next poll is overdue', { nextPollAt: instantAfter(5) }, 2],
  ])('have a Retry-After %s while the task is open', async (_, details, retryAfterSeconds) => {
    await expect(taskResults(TASK_ID, setUp(aRecord(details)))).rejects.toMatchObject({ retryAfterSeconds });
  });
});
