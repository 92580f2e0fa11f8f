import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { batchReport, statusOf, writeJsonReport } from '../../../cli/batch/batch-report.ts';
import type { BatchView } from '../../../functions/contracts/batches-api.ts';
import { lineWithoutTask, toJsonLines } from '../../../functions/core/batch/result-lines.ts';
import { newDirectory } from '../../support/run-command.ts';

const view: BatchView = {
  batchId: 'scans',
  status: 'Completed',
  outcome: 'Completed',
  messages: [],
  executionArn: 'arn',
  concurrency: 10,
  total: 1502,
  duplicates: 3,
  counts: { Completed: 1500, Failed: 2 },
  progress: { Completed: 1500, Failed: 2 },
  startedAt: '2026-01-31T12:00:00.000Z',
  completedAt: '2026-01-31T12:01:00.500Z',
  expiresAt: 0,
};

it('shows the outcomes with their reasons, where the results are, and how to retry', () => {
  const reasons = new Map([
    ['Failed (RecognitionError)', 2],
    ['Completed', 1500],
  ]);

  const report = batchReport({
    view,
    reasons,
    out: '/base/docs',
    options: { out: 'docs', csv: 'all.csv' },
    directory: '/base',
  });

  expect(report).toBe(`Batch scans ended after 60.5 s.

  outcome                        items
  Completed                      1,500
  Failed (RecognitionError)          2
  total                          1,502
  left out as duplicates             3

Documents  docs/<task id or path of the image>
Results    docs/results.csv, docs/results.jsonl
Summary    docs/summary.json

To collect again what is not Completed: npm start -- batch --retry scans --out docs --csv all.csv`);
});

it('names the outcome of a batch that ended early, and why', () => {
  const stopped = { ...view, outcome: 'Stopped' as const, reason: 'QuotaExceeded' as const };

  const report = batchReport({ view: stopped, reasons: new Map(), out: '/a', options: {}, directory: '/' });

  expect(report).toMatch(/^Batch scans ended as Stopped \(QuotaExceeded\) after 60\.5 s\.\n/);
});

it.each([
  [{}, 1],
  [{ counts: { Completed: 1502 } }, 0],
  [{ counts: { Completed: 1502 }, outcome: 'Cancelled' as const }, 1],
])('ends with the exit status for %j: %i', (changes, status) => {
  expect(statusOf({ ...view, ...changes })).toBe(status);
});

it('prints one JSON document with every line', async () => {
  const out = await newDirectory();
  const lines = [0, 1].map((i) =>
    lineWithoutTask({ i, taskId: `t${i}`, operation: 'RecognizeImage', generation: 1 }, 'NotStarted'),
  );
  await writeFile(join(out, 'results.jsonl'), toJsonLines(lines));
  const written: string[] = [];
  const stream = new Writable({
    highWaterMark: 1,
    write(chunk, _, done) {
      written.push(String(chunk));
      setImmediate(done);
    },
  });

  await writeJsonReport({ view, out }, stream);
  await new Promise<void>((resolve) => stream.end(resolve));

  expect(JSON.parse(written.join(''))).toEqual({
    batchId: 'scans',
    outcome: 'Completed',
    total: 1502,
    counts: { Completed: 1500, Failed: 2 },
    duplicates: 3,
    results: lines,
    resultsCsv: 'results.csv',
    summary: 'summary.json',
  });
});
