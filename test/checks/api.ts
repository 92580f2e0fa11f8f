import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CACHE, PROJECT } from '../support/project-paths.ts';
import { startServe } from '../support/serve-process.ts';
import { until } from '../support/until.ts';
import { CheckError, pythonTool, runTool } from './run-tool.ts';

const HOUR_MILLISECONDS = 60 * 60 * 1000;
/** An instant that is not too old to be collected. */
const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR_MILLISECONDS).toISOString();

/**
 * Checks the HTTP API of `serve` with Schemathesis, which derives requests from docs/openapi.json.
 * schemathesis.toml configures it.
 */
export async function checkApi(): Promise<void> {
  const schemathesis = await pythonTool('schemathesis');
  await using server = await startServe();
  const { taskId, imageId } = await recognizeSample(server.url);
  const batchIds = [
    await runBatch(server.url, 'sample', [taskId, 'unknown']),
    await runBatch(server.url, 'cancelled', ['unknown'], { isCancelled: true }),
  ];
  const directory = join(CACHE, 'schemathesis');
  await mkdir(directory, { recursive: true });
  await copyFile(join(import.meta.dirname, 'schemathesis.toml'), join(directory, 'schemathesis.toml'));
  await writeDictionary(join(directory, 'tasks.txt'), [taskId]);
  await writeDictionary(join(directory, 'images.txt'), [imageId]);
  await writeDictionary(join(directory, 'batches.txt'), batchIds);
  await writeDictionary(join(directory, 'buckets.txt'), [await bucketOf(server.url, imageId)]);
  await writeDictionary(join(directory, 'past.txt'), [
    hoursAgo(1),
    hoursAgo(20),
    // The same instant in another notation: 5.5 hours later by the clock.
    hoursAgo(20 - 5.5).replace('Z', '456+05:30'),
  ]);
  const document = join(PROJECT, 'docs', 'openapi.json');
  await runTool(schemathesis, ['run', document, '--url', server.url], { directory });
  if (server.stderr() !== '') throw new CheckError(`serve wrote to stderr:\n${server.stderr()}`);
}

/** Writes values for Schemathesis to choose from, one quoted value a line. */
async function writeDictionary(file: string, values: readonly string[]): Promise<void> {
  await writeFile(file, values.map((value) => `${JSON.stringify(value)}\n`).join(''));
}

const recognizedSchema = z.object({ taskId: z.string() });
const taskSchema = z.object({ taskId: z.string(), imageId: z.string(), status: z.literal('Completed') });
type RecognizedTask = z.output<typeof taskSchema>;

/** Recognizes an image, because the document routes only ever fail without one. */
async function recognizeSample(url: string): Promise<RecognizedTask> {
  const body = await readFile(join(PROJECT, 'local', 'samples', 'letter.png'));
  const recognize = `${url}/local/recognize?operation=RecognizeImage&resultType=TextAndPdf`;
  const response = await fetch(recognize, { method: 'POST', body });
  const { taskId } = recognizedSchema.parse(await response.json());
  return await until('the sample to be collected', { seconds: 60 }, async () => {
    // The API does not know the task until its collection begins.
    const task: unknown = await (await fetch(`${url}/tasks/${taskId}`)).json();
    return taskSchema.safeParse(task).data;
  });
}

const imageSchema = z.object({ source: z.object({ bucket: z.string() }) });

/** Returns the results bucket, which has the sample. */
async function bucketOf(url: string, imageId: string): Promise<string> {
  const image: unknown = await (await fetch(`${url}/images/${imageId}`)).json();
  return imageSchema.parse(image).source.bucket;
}

const endedBatchSchema = z.object({ outcome: z.string() });

/** Runs a batch, because most routes of batches only ever fail without one. @returns its id */
async function runBatch(
  url: string,
  batchId: string,
  tasks: readonly string[],
  { isCancelled = false } = {},
): Promise<string> {
  await fetch(`${url}/batches`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ batchId, tasks }),
  });
  if (isCancelled) await fetch(`${url}/batches/${batchId}`, { method: 'DELETE' });
  await until(`batch ${batchId} to end`, { seconds: 60 }, async () => {
    const batch: unknown = await (await fetch(`${url}/batches/${batchId}`)).json();
    return endedBatchSchema.safeParse(batch).data;
  });
  return batchId;
}
