import { resolve } from 'node:path';
import { parseExecutionInput } from '../../functions/core/execution-input.ts';
import { explainUnsupported } from '../aspose-simulator/supported-operations.ts';
import { UsageError } from './command-errors.ts';
import { type CommandContext, checkOut, type OutputOptions } from './output-options.ts';
import { chooseOperation, type RecognizeOptions, submissionSettings } from './recognize-settings.ts';
import { readSourceFile } from './source-file.ts';
import { submitTask } from './submit-task.ts';
import { chooseVendor } from './vendor.ts';

/**
 * Submits a file and collects its result.
 *
 * @returns the exit status
 * @throws UsageError before anything is started, SubmitError when the vendor does not take the file
 */
export async function runRecognize(
  path: string,
  options: RecognizeOptions & OutputOptions,
  context: CommandContext,
): Promise<number> {
  const choice = chooseVendor(context.environment);
  const operation = chooseOperation(options);
  const file = await readSourceFile(resolve(context.directory, path), operation);
  const settings = submissionSettings(operation, options, file);
  await checkOut(options, context.directory);
  const refusal = choice.kind === 'simulator' ? explainUnsupported(operation, settings) : undefined;
  if (refusal !== undefined) throw new UsageError(refusal);

  // Loads AWS clients, simulator and all: bad usage is told without waiting for them.
  const { collectAndReport } = await import('./collect-and-report.ts');
  return await collectAndReport(
    choice,
    async (vendor) => {
      context.progress.doing(`submitting to ${vendor.name} for ${operation}`);
      const submittedAt = new Date().toISOString();
      const taskId = await submitTask(vendor, operation, file, settings);
      return parseExecutionInput({ taskId, operation, submittedAt }, Date.now());
    },
    options,
    context,
  );
}
