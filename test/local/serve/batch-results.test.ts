import { expect, it } from 'vitest';
import { readBatchFailures, redirectToResults } from '../../../local/serve/batch-results.ts';
import { listen, type Reply, replyWith } from '../../support/loopback-server.ts';

const line = (i: number, outcome: string) => ({
  i,
  taskId: `task-${i}`,
  operation: 'RecognizeImage',
  generation: 1,
  outcome,
  ...(outcome === 'Failed' && { reason: 'RecognitionError' }),
  messages: outcome === 'Failed' ? ['too dark'] : [],
  attempts: 1,
  uploads: 0,
  results: [],
  resultCount: 0,
  manifest: null,
});

/** An API with a batch of these result lines. */
function apiWith(lines: readonly object[]): Reply {
  return (response, { url }) => {
    const { host } = response.req.headers;
    const results = {
      batchId: 'scans',
      status: 'Completed',
      resultsUrl: `http://${host}/lines`,
      resultsCsvUrl: null,
      summaryUrl: null,
      linkSeconds: 300,
    };
    if (url === '/batches/scans/results') response.end(JSON.stringify(results));
    else response.end(lines.map((item) => `${JSON.stringify(item)}\n`).join(''));
  };
}

it('lists the items of a batch that are not Completed, by the name of their file or their task', async () => {
  const refused = {
    ...line(2, 'Refused'),
    taskId: undefined,
    source: { bucket: 'scans', key: 'images/scans/0/whale.png' },
  };
  const { baseUrl } = await listen(apiWith([line(0, 'Completed'), line(1, 'Failed'), refused]));

  expect(await readBatchFailures(baseUrl, 'scans')).toEqual({
    total: 2,
    failures: [
      {
        name: 'task-1',
        taskId: 'task-1',
        outcome: 'Failed',
        reason: 'RecognitionError',
        messages: ['too dark'],
      },
      { name: 'whale.png', taskId: undefined, outcome: 'Refused', reason: undefined, messages: [] },
    ],
  });
});

it('counts all failures of a large batch, and lists the first 100', async () => {
  const { baseUrl } = await listen(apiWith(Array.from({ length: 150 }, (_, i) => line(i, 'Failed'))));

  const { total, failures } = await readBatchFailures(baseUrl, 'scans');

  expect([total, failures.length]).toEqual([150, 100]);
});

it('redirects to a file with results', async () => {
  const { baseUrl } = await listen(apiWith([]));

  const response = await redirectToResults(baseUrl, 'scans', 'results.jsonl');

  expect([response.status, response.headers.get('location')]).toEqual([302, `${baseUrl}/lines`]);
  await expect(redirectToResults(baseUrl, 'scans', 'results.csv')).rejects.toMatchObject({ status: 404 });
});

it('passes on why a batch has no results yet', async () => {
  const problem = { type: 'urn', title: 'Running', status: 409, detail: 'still running', requestId: 'one' };
  const { baseUrl } = await listen(replyWith(409, JSON.stringify(problem)));

  await expect(readBatchFailures(baseUrl, 'scans')).rejects.toMatchObject({
    name: 'PageError',
    status: 409,
    message: 'still running',
  });
});
