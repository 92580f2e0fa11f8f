import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseExecutionInput } from '../../functions/core/execution-input.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import { errorCode } from '../error-code.ts';
import { type CommandContext, checkOut, type OutputOptions } from './output-options.ts';
import { planSubmission, type RecognizeOptions } from './plan-submission.ts';
import { submitFile } from './submit-file.ts';
import { chooseVendor } from './vendor.ts';

/**
 * Submits a file and collects its result.
 *
 * @returns the exit status
 * @throws UsageError or InvalidInput before anything is started
 * @throws SubmitError when Aspose rejects the file
 */
export async function runRecognize(
  path: string,
  options: RecognizeOptions & OutputOptions,
  context: CommandContext,
): Promise<number> {
  const choice = chooseVendor(context.environment);
  const bytes = await readFile(resolve(context.directory, path)).catch((error: unknown) => {
    const reason = errorCode(error) ?? error;
    throw new InvalidInput('file', `'${path}', which cannot be read (${reason})`, 'a readable file');
  });
  const submission = await planSubmission(bytes, `'${path}'`, options, choice.kind);
  await checkOut(options, context.directory);

  // Imported late: loading the AWS clients and the simulator would delay usage errors.
  const { collectAndReport } = await import('./collect-and-report.ts');
  return await collectAndReport(
    choice,
    async (vendor) => {
      const { operation } = submission;
      context.progress.doing(`submitting to ${vendor.name} for ${operation}`);
      const submittedAt = new Date().toISOString();
      const taskId = await submitFile(vendor, submission);
      return parseExecutionInput({ taskId, operation, submittedAt }, Date.now());
    },
    options,
    context,
  );
}
