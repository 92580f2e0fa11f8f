import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ExecutionInput } from '../../functions/contract.ts';
import { collectTask, startCourier } from './collect-task.ts';
import type { Progress } from './progress.ts';
import { jsonReport, textReport } from './report.ts';
import { UsageError } from './usage-error.ts';
import { openVendor, type Vendor, type VendorChoice } from './vendor.ts';

/** Options that both commands share. */
export interface OutputOptions {
  readonly out?: string;
  readonly json?: true;
}

export interface CommandContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What relative paths are relative to. */
  readonly directory: string;
  readonly progress: Progress;
  /** Aborted by Ctrl-C. */
  readonly cancelled: AbortSignal;
}

/** @throws UsageError when documents cannot be written there */
export async function checkOut({ out }: OutputOptions, directory: string): Promise<void> {
  if (out === undefined) return;
  const found = await stat(resolve(directory, out)).catch(() => undefined);
  if (found !== undefined && !found.isDirectory()) {
    throw new UsageError(
      `--out: got '${out}', which is a file; allowed: a directory, made if it is not there`,
    );
  }
}

/**
 * Collects one task on the embedded stack, and prints what came of it to stdout.
 *
 * @param prepare makes the execution's input, which may mean to submit something; the stack starts meanwhile
 * @returns the exit status: 0 when the task was Completed, else 1
 */
export async function collectAndReport(
  choice: VendorChoice,
  prepare: (vendor: Vendor) => Promise<ExecutionInput>,
  options: OutputOptions,
  { directory, progress, cancelled }: CommandContext,
): Promise<number> {
  await using vendor = await openVendor(choice);
  await using started = new AsyncDisposableStack();
  const starting = startCourier(vendor);
  started.defer(async () => (await starting).close());
  const [stack, input] = await Promise.all([starting, prepare(vendor)]);

  progress.doing(`waiting for task ${input.taskId}`);
  const outDirectory = resolve(directory, options.out ?? `out/${input.taskId}`);
  const task = await collectTask(stack, input, outDirectory, progress, cancelled);
  progress.end();
  process.stdout.write(
    `${options.json ? jsonReport(task) : await textReport(task, outDirectory, directory)}\n`,
  );
  return task.record?.outcome === 'Completed' ? 0 : 1;
}
