import type { ExecutionInput } from '../../functions/contracts/task-input.ts';
import { parseExecutionInput } from '../../functions/core/execution-input.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import { UsageError } from './command-errors.ts';
import { type CommandContext, checkOut, type OutputOptions } from './output-options.ts';
import { parsePolling } from './polling-option.ts';
import { chooseVendor } from './vendor.ts';

/** The options of `collect`, as given. */
export interface CollectOptions extends OutputOptions {
  readonly operation?: string;
  readonly submittedAt?: string;
  /** JSON. */
  readonly polling?: string;
}

/**
 * Collects the result of a task that was submitted elsewhere.
 *
 * @returns the exit status
 * @throws UsageError before anything is started
 */
export async function runCollect(
  taskId: string,
  options: CollectOptions,
  context: CommandContext,
): Promise<number> {
  const choice = chooseVendor(context.environment);
  const input = parseInput(taskId, options);
  await checkOut(options, context.directory);
  // Loads AWS clients, simulator and all: bad usage is told without waiting for them.
  const { collectAndReport } = await import('./collect-and-report.ts');
  return await collectAndReport(choice, async () => input, options, context);
}

function parseInput(taskId: string, { operation, submittedAt, polling }: CollectOptions): ExecutionInput {
  const input = {
    taskId,
    ...(operation !== undefined && { operation }),
    ...(submittedAt !== undefined && { submittedAt }),
    ...(polling !== undefined && { polling: parsePolling(polling) }),
  };
  try {
    return parseExecutionInput(input, Date.now());
  } catch (error) {
    if (error instanceof InvalidInput) throw new UsageError(inOptionsOfTheShell(error));
    throw error;
  }
}

const OPTION_OF: Readonly<Record<string, string>> = {
  taskId: 'TASK_ID',
  operation: '--operation',
  submittedAt: '--submitted-at',
};

function inOptionsOfTheShell({ field, message }: InvalidInput): string {
  return message.replace(`${field}:`, `${OPTION_OF[field] ?? field}:`);
}
