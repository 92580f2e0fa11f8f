import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { batchResultSchema } from '../../../../functions/contracts/batch-record.ts';
import type { ScriptedResponse } from '../../../../local/aspose-simulator/scripted-responses.ts';
import { type AsposeSimulator, startAsposeSimulator } from '../../../../local/aspose-simulator/server.ts';
import { temporaryDirectory } from '../../../support/data-fixture.ts';
import { fakeRecognizer, PAGE } from '../../../support/fake-recognizer.ts';
import { asposeEnvironment, runCommand, SAMPLES } from '../../../support/run-command.ts';

const reportSchema = z.object({
  batchId: z.string(),
  total: z.int(),
  counts: z.record(z.string(), z.int()),
  duplicates: z.int(),
  results: z.array(batchResultSchema),
  resultsCsv: z.string(),
  summary: z.string(),
});

const ITEMS = 210;

const taskIdOf = (i: number) => `task-${i}`;
const textOf = (taskId: string) => `the text of ${taskId}`;

const ENDS: Readonly<
  Record<number, { readonly outcome: string; readonly fetches: readonly ScriptedResponse[] }>
> = {
  6: { outcome: 'Failed', fetches: [{ taskStatus: 'Error' }] },
  7: { outcome: 'NotFound', fetches: [{ taskStatus: 'NotExist' }] },
  8: { outcome: 'TimedOut', fetches: [{ taskStatus: 'Pending' }] },
  9: { outcome: 'Expired', fetches: [] },
};
const outcomeOf = (i: number) => ENDS[i % 10]?.outcome ?? 'Completed';

function scriptTasks(aspose: AsposeSimulator): string {
  const lines = Array.from({ length: ITEMS }, (_, i) => {
    const taskId = taskIdOf(i);
    const data = Buffer.from(textOf(taskId)).toString('base64');
    const completed = [
      { taskStatus: 'Processing' },
      { taskStatus: 'Completed', results: [{ type: 'Text', data }] },
    ];
    const fetches = ENDS[i % 10]?.fetches ?? completed;
    if (fetches.length > 0) aspose.script(taskId, fetches);
    const submittedAt = outcomeOf(i) === 'Expired' ? '2026-01-01T00:00:00Z' : undefined;
    return JSON.stringify({ taskId, correlation: `page ${i}`, submittedAt });
  });
  return [...lines, JSON.stringify({ taskId: taskIdOf(0) })].join('\n');
}

/** The number of fetches by task. */
function fetchesOf(aspose: AsposeSimulator): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { taskId } of aspose.requests) {
    if (taskId !== undefined) counts.set(taskId, (counts.get(taskId) ?? 0) + 1);
  }
  return counts;
}

it('collects a list of every outcome once, across Ctrl-C', async () => {
  const directory = await temporaryDirectory();
  await using aspose = await startAsposeSimulator();
  const environment = asposeEnvironment(aspose);
  await writeFile(join(directory, 'ids.jsonl'), scriptTasks(aspose));
  const options = ['--out', 'my documents', '--concurrency', '2', '--polling', '{"timeoutSeconds":15}'];

  let isInterrupted = false;
  const interrupted = await runCommand(['batch', 'ids.jsonl', ...options], {
    environment,
    directory,
    onStderr(text, kill) {
      if (isInterrupted || !/ 1\d\d of 210 /.test(text)) return;
      isInterrupted = true;
      kill('SIGINT');
    },
  });
  const fetchedBefore = fetchesOf(aspose);
  const [, left, batchId = '', out] =
    /: (\d+) of 210 items are unfinished; to continue: npm start -- batch --resume (\S+) --out (.*)\n/.exec(
      interrupted.stderr,
    ) ?? [];
  const resume = ['batch', '--resume', batchId, '--out', 'my documents'];
  const resumed = await runCommand([...resume, '--json', '--csv', 'copy.csv'], { environment, directory });
  const report = z.parse(reportSchema, JSON.parse(resumed.stdout));
  const again = await runCommand(resume, { environment, directory });

  expect({ status: interrupted.status, stdout: interrupted.stdout }).toEqual({ status: 130, stdout: '' });
  expect(Number(left)).toBeGreaterThan(0);
  expect(Number(left)).toBeLessThanOrEqual(ITEMS - 100);
  expect(out).toBe("'my documents'");
  expect({ status: resumed.status, total: report.total, duplicates: report.duplicates }).toEqual({
    status: 1,
    total: ITEMS,
    duplicates: 1,
  });
  expect(report.counts).toEqual({ Completed: 126, Failed: 21, NotFound: 21, TimedOut: 21, Expired: 21 });
  expect(report.results.map(({ i, taskId, outcome }) => ({ i, taskId, outcome }))).toEqual(
    Array.from({ length: ITEMS }, (_, i) => ({ i, taskId: taskIdOf(i), outcome: outcomeOf(i) })),
  );
  const documents = join(directory, 'my documents');
  for (const { taskId = '', outcome } of report.results.filter((line) => line.outcome === 'Completed')) {
    expect({ taskId, outcome, text: await readFile(join(documents, taskId, '0.txt'), 'utf8') }).toEqual({
      taskId,
      outcome,
      text: textOf(taskId),
    });
  }
  // Only what had not ended was polled afterwards.
  const fetched = fetchesOf(aspose);
  const polledAgain = report.results.filter(
    ({ i }) => fetched.get(taskIdOf(i)) !== fetchedBefore.get(taskIdOf(i)),
  );
  expect(polledAgain.length).toBeLessThanOrEqual(Number(left));
  const csv = await readFile(join(documents, report.resultsCsv), 'utf8');
  expect(csv.split('\r\n')).toHaveLength(ITEMS + 2);
  expect(await readFile(join(directory, 'copy.csv'), 'utf8')).toBe(csv);
  expect(JSON.parse(await readFile(join(documents, report.summary), 'utf8'))).toMatchObject({ batchId });
  expect(again.status).toBe(1);
  expect(again.stdout).toMatch(/Completed +126\n.*to collect again/is);
  expect(fetchesOf(aspose)).toEqual(fetched);
});

it('recognizes the images of a folder, and retries what is not Completed', async () => {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, 'scans', 'sub'), { recursive: true });
  await copyFile(join(SAMPLES, 'letter.png'), join(directory, 'scans', 'letter.png'));
  await copyFile(join(SAMPLES, 'form.png'), join(directory, 'scans', 'sub', 'fo rm ü.png'));
  await writeFile(join(directory, 'scans', 'notes.txt'), 'no image');
  await using aspose = await startAsposeSimulator({ recognizer: fakeRecognizer() });
  const environment = asposeEnvironment(aspose);
  const run = (...args: string[]) =>
    runCommand(['batch', ...args, '--out', 'documents'], { environment, directory });

  const first = await run('--images', 'scans', '--json');
  const report = z.parse(reportSchema, JSON.parse(first.stdout));
  const uploads = aspose.createdTasks.length;
  const retried = await run('--retry', report.batchId, '--json');
  const retry = z.parse(reportSchema, JSON.parse(retried.stdout));

  const repeated = await run('--retry', report.batchId, '--json');
  const retriedUploads = aspose.createdTasks.length;
  await rm(join(directory, 'scans', 'notes.txt'));
  const complete = await runCommand(['batch', '--images', 'scans'], { environment, directory });
  const [, completeId = ''] = /^Batch (\S+) ended after/.exec(complete.stdout) ?? [];
  const needless = await runCommand(['batch', '--retry', completeId], { environment, directory });
  const unstarted = await runCommand(['batch', '--resume', `${completeId}-r1`], { environment, directory });

  const documents = join(directory, 'documents');
  expect(first.status).toBe(1);
  expect(report.counts).toEqual({ Completed: 2, Refused: 1 });
  expect(
    report.results.map(({ source, reason }) => [source?.key.split('/').slice(2).join('/'), reason]),
  ).toEqual([
    ['letter.png', undefined],
    ['notes.txt', 'NotAnImage'],
    ['sub/fo rm ü.png', undefined],
  ]);
  for (const image of ['letter.png', 'sub/fo rm ü.png']) {
    expect(await readFile(join(documents, image, '0.txt'), 'utf8')).toContain(PAGE.text);
  }
  expect((await readdir(documents)).sort()).toEqual([
    '.batch',
    'letter.png',
    'results.csv',
    'results.jsonl',
    'sub',
    'summary.json',
  ]);
  expect({ status: retried.status, batchId: retry.batchId, counts: retry.counts }).toEqual({
    status: 1,
    batchId: `${report.batchId}-r1`,
    counts: { Refused: 1 },
  });
  expect([uploads, retriedUploads]).toEqual([2, 2]);
  expect(retried.stderr).toContain(`batch ID: ${retry.batchId}\n`);
  expect(repeated.stderr).toContain(`batch ID: ${retry.batchId} exists already; its results:\n`);
  expect(z.parse(reportSchema, JSON.parse(repeated.stdout))).toEqual(retry);
  expect(complete.status).toBe(0);
  expect(complete.stdout).not.toContain('--retry');
  expect(needless.status).toBe(2);
  expect(needless.stderr).toContain('has no item to retry: all items are Completed');
  expect(unstarted.status).toBe(2);
  expect(unstarted.stderr).toContain(`--resume: got ${completeId}-r1, which is not in`);
});
