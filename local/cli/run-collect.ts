import { parseInputToStart } from '../../functions/core/execution-input.ts';
import { type CommandContext, checkOut, type OutputOptions } from './output-options.ts';
import { chooseVendor } from './vendor.ts';

/** The options of `collect`, as given. */
export interface CollectOptions extends OutputOptions {
  readonly operation?: string;
  readonly submittedAt?: string;
  readonly polling?: unknown;
}

/**
 * Collects the result of a task that was submitted elsewhere.
 *
 * @returns the exit status
 * @throws UsageError or InvalidInput before anything is started
 */
export async function runCollect(
  taskId: string,
  { operation, submittedAt, polling, ...options }: CollectOptions,
  context: CommandContext,
): Promise<number> {
  const choice = chooseVendor(context.environment);
  const input = parseInputToStart({ taskId, operation, submittedAt, polling }, Date.now());
  await checkOut(options, context.directory);
  // Imported late: loading the AWS clients and the simulator would delay usage errors.
  const { collectAndReport } = await import('./collect-and-report.ts');
  return await collectAndReport(choice, async () => input, options, context);
}
