import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { FUNCTION_ENVIRONMENT } from '../function-environment.ts';
import { bundleOf } from '../startup/bundles.ts';

export interface Workload {
  readonly rounds: number;
  /** Invocations per round, one after the other. */
  readonly tasks: number;
  /** Polls per round, all in one invocation. */
  readonly polls: number;
}

/** Milliseconds of CPU time in the function's process. */
const roundSchema = z.strictObject({
  /** One invocation whose first poll receives Completed: claim, document, manifest and record. */
  task: z.number(),
  /** One more poll that receives Pending while the invocation holds. */
  poll: z.number(),
  /** A bare `fetch` of the same response, and its text. */
  fetch: z.number(),
});
export type Round = z.output<typeof roundSchema>;

/** Runs the workload on this machine: the function in one process, Aspose and AWS in another. */
export async function measureThroughput(workload: Workload): Promise<Round[]> {
  // Outside the project: a bundle must not find node_modules.
  const directory = await mkdtemp(join(tmpdir(), 'ocr-courier-bundles-'));
  const processes: ChildProcess[] = [];
  const start = (file: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => {
    const child = fork(join(import.meta.dirname, file), args, {
      env,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    // Reads and drops the log, as Lambda does.
    child.stdout?.resume();
    processes.push(child);
    return messageOf(child);
  };
  try {
    const { file } = await bundleOf('fetch-result', directory);
    const servicesUrl = z.url().parse(await start('services.ts'));
    const environment = {
      ...FUNCTION_ENVIRONMENT,
      ASPOSE_BASE_URL: servicesUrl,
      AWS_ENDPOINT_URL: servicesUrl,
    };
    const rounds = await start('function-process.ts', [file, JSON.stringify(workload)], environment);
    return z.array(roundSchema).parse(rounds);
  } finally {
    for (const child of processes) child.kill();
    await rm(directory, { recursive: true });
  }
}

/** Waits for the only message of a process. */
async function messageOf(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(([status]) => {
    throw new Error(`a process of the benchmark exited with status ${status}`);
  });
  const [message] = await Promise.race([once(child, 'message'), ended]);
  return message;
}
