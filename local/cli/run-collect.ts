import type { CollectCommandOptions } from '../../cli/deployed/collect-deployed.ts';
import { type CommandContext, checkOut } from '../../cli/output-options.ts';
import { parseInputToStart } from '../../functions/core/execution-input.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import { chooseVendor, VENDOR_VARIABLES } from './vendor.ts';

/**
 * Collects the result of a task that was submitted elsewhere.
 *
 * @returns the exit status
 * @throws UsageError or InvalidInput before anything is started
 */
export async function runCollect(
  taskId: string,
  { operation, submittedAt, polling, ...options }: CollectCommandOptions,
  context: CommandContext,
): Promise<number> {
  const choice = chooseVendor(context.environment);
  const input = parseInputToStart({ taskId, operation, submittedAt, polling }, Date.now());
  if (choice.kind === 'simulator') {
    throw new InvalidInput(
      'taskId',
      `${taskId}, but each command has its own simulator, which knows no task of another command`,
      `a task of the service that ${VENDOR_VARIABLES} name; recognize collects its own task, and serve the tasks of its page and HTTP API`,
    );
  }
  await checkOut(options, context.directory);
  // Imported late: loading the AWS clients and the simulator would delay usage errors.
  const { collectAndReport } = await import('./collect-and-report.ts');
  return await collectAndReport(choice, input, options, context);
}
