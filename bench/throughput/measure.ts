import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { FUNCTION_ENVIRONMENT } from '../function-environment.ts';
import { bundle, bundleOf } from '../startup/bundles.ts';
import { type Round, roundSchema, type Workload } from './workload.ts';

/** Runs the workload: function, vendor and AWS each in a process of their own, on this machine only. */
export async function measure(workload: Workload): Promise<Round[]> {
  // Away from node_modules: a bundle must do with itself.
  const directory = await mkdtemp(join(tmpdir(), 'ocr-courier-bundles-'));
  const processes: ChildProcess[] = [];
  const start = (file: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => {
    const child = fork(join(import.meta.dirname, file), args, {
      env,
      // The log is read, as Lambda reads it, and dropped.
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    child.stdout?.resume();
    processes.push(child);
    return said(child);
  };
  try {
    const { file: functionFile } = await bundleOf('fetch-result', directory);
    const parts = await bundle(join(import.meta.dirname, 'parts.ts'), join(directory, 'parts'));
    const urls = await Promise.all([start('vendor-process.ts'), start('aws-process.ts')]);
    const [asposeUrl, awsUrl] = z.tuple([z.url(), z.url()]).parse(urls);
    const environment = { ...FUNCTION_ENVIRONMENT, ASPOSE_BASE_URL: asposeUrl, AWS_ENDPOINT_URL: awsUrl };
    const args = [functionFile, parts.file, JSON.stringify(workload)];
    return z.array(roundSchema).parse(await start('function-process.ts', args, environment));
  } finally {
    for (const child of processes) child.kill();
    await rm(directory, { recursive: true });
  }
}

/** The one message of a process. */
async function said(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(([status]) => {
    throw new Error(`a process of the benchmark ended with status ${status}`);
  });
  const [message] = await Promise.race([once(child, 'message'), ended]);
  return message;
}
