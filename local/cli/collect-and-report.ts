import { resolve } from 'node:path';
import type { ExecutionInput } from '../../functions/contract.ts';
import { collectTask, startCourier } from './collect-task.ts';
import { openVendor } from './open-vendor.ts';
import type { CommandContext, OutputOptions } from './output-options.ts';
import { jsonReport, textReport } from './report.ts';
import type { Vendor, VendorChoice } from './vendor.ts';

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
